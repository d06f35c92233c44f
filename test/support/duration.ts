const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/** `90`, `90s`, `20m` or `2h` in milliseconds; NaN for what is none of these. */
export function durationMs(text: string): number {
  const [, count, unit = 's'] = /^(\d+)([smh])?$/.exec(text) ?? []
  return count === undefined ? Number.NaN : Number(count) * UNITS_MS[unit]!
}
