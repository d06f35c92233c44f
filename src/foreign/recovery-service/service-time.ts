/** Times of the recovery service: ISO 8601, UTC unless they say otherwise. */

const ISO =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:.(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?)?$/su

const NS_PER_SECOND = 1_000_000_000n
const NS_PER_MS = 1_000_000n

export interface ServiceTime {
  /** Nanoseconds since 1970. */
  readonly ns: bigint
  /** As Python shows it: 2025-01-15 11:30:00, with microseconds and offset if there are any. */
  readonly text: string
}

/** A time, or undefined for a text that is none. */
export function parseServiceTime(text: string): ServiceTime | undefined {
  const match: readonly (string | undefined)[] | null = ISO.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (year === 0 || !isDay || hour > 23 || minute > 59 || second > 59) return undefined
  const fraction = (match[7] ?? '').padEnd(9, '0').slice(0, 9)
  const offset = offsetOf(match[8] ?? '')
  if (offset === undefined) return undefined
  const local = BigInt(date.setUTCHours(hour, minute, second)) * NS_PER_MS + BigInt(fraction)
  return { ns: local - BigInt(offset.seconds) * NS_PER_SECOND, text: shownText(local, ' ') + offset.text }
}

/** A time as `datetime.isoformat` has it: without a zone, and with microseconds only if there are any. */
export function isoText(ns: bigint): string {
  return shownText(ns, 'T')
}

function shownText(ns: bigint, separator: string): string {
  const fraction = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND
  const seconds = new Date(Number((ns - fraction) / NS_PER_MS)).toISOString().slice(0, 19)
  const micros = fraction / 1000n
  return seconds.replace('T', separator) + (micros === 0n ? '' : `.${String(micros).padStart(6, '0')}`)
}

function offsetOf(text: string): { readonly seconds: number; readonly text: string } | undefined {
  if (text === '') return { seconds: 0, text: '' }
  if (text === 'Z') return { seconds: 0, text: '+00:00' }
  const parts = text.slice(1).replaceAll(':', '').match(/\d\d/g) ?? []
  const [hours = 0, minutes = 0, seconds = 0] = parts.map(Number)
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  const total = hours * 3600 + minutes * 60 + seconds
  const shown = [hours, minutes, ...(seconds > 0 ? [seconds] : [])]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  const isEast = !text.startsWith('-') || total === 0
  return { seconds: isEast ? total : -total, text: `${isEast ? '+' : '-'}${shown}` }
}
