import { refuseOption } from './failure.ts'
import type { OptionParser } from './option-values.ts'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const DAYS_MAX = 36_525

/** A length of time, in milliseconds: a whole number with its unit. A number alone is refused: its unit would be a guess. */
export function durationOption(option: string): OptionParser<number> {
  return (text) => {
    const [, digits = '', unit = ''] = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text) ?? []
    const ms = digits === '' ? Number.NaN : Number(digits) * UNIT_MS[unit]!
    if (ms >= 0 && ms <= DAYS_MAX * UNIT_MS['d']!) return ms
    throw refuseOption(option, text, `a length of time up to ${DAYS_MAX}d, such as 500ms, 90s, 10m, 1h or 7d`)
  }
}

const STEPS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** For people, in its largest unit, rounded down: `3 min`, `2 h`. A time that is still to come is told as `0 s`. */
export function formatDuration(ms: number): string {
  const [unit, size] = STEPS.find(([, size]) => ms >= size) ?? STEPS.at(-1)!
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`
}
