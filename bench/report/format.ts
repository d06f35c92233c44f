import type { Spread } from '../statistics.ts'

/** A multiple of a unit, and how it is written behind a figure. */
interface Multiple {
  readonly of: number
  readonly suffix: string
}

/** Multiples of one unit, ascending. */
export type Unit = readonly Multiple[]

/** Of figures in nanoseconds. */
export const TIME: Unit = [
  { of: 1, suffix: ' ns' },
  { of: 1e3, suffix: ' µs' },
  { of: 1e6, suffix: ' ms' },
  { of: 1e9, suffix: ' s' },
]
/** Of rates and counts; plain up to 10,000, above which nobody reads the last digits of a measurement. */
export const COUNT: Unit = [
  { of: 1, suffix: '' },
  { of: 1e3, suffix: ' k' },
  { of: 1e6, suffix: ' M' },
  { of: 1e9, suffix: ' G' },
]
/** Of figures in 10^6 bytes a second. */
export const MB_RATE: Unit = [
  { of: 1, suffix: ' MB/s' },
  { of: 1e3, suffix: ' GB/s' },
]
/** Of sizes in bytes. */
export const BYTES: Unit = [
  { of: 1, suffix: ' B' },
  { of: 2 ** 10, suffix: ' KiB' },
  { of: 2 ** 20, suffix: ' MiB' },
  { of: 2 ** 30, suffix: ' GiB' },
]
export const TIMES: Unit = [{ of: 1, suffix: '×' }]
export const PLAIN: Unit = [{ of: 1, suffix: '' }]

/** What stands where nothing was measured, or too little to tell. */
export const NOTHING = '–'

/** A figure to three digits, with its unit: "7.41 M", "143 ns". */
export function quantity(value: number, unit: Unit): string {
  const multiple = multipleFor(value, unit)
  return `${digits(value / multiple.of)}${multiple.suffix}`
}

/** Median, minimum and maximum in the median's multiple: "7.41 (7.20–7.55) M"; the median alone where all are one. */
export function spreadOf(spread: Spread | null, unit: Unit): string {
  if (spread === null) return NOTHING
  const { of, suffix } = multipleFor(spread.median, unit)
  const [median, min, max] = [digits(spread.median / of), digits(spread.min / of), digits(spread.max / of)]
  return min === max ? `${median}${suffix}` : `${median} (${min}–${max})${suffix}`
}

/** The median alone. */
export function medianOf(spread: Spread | null, unit: Unit): string {
  return spread === null ? NOTHING : quantity(spread.median, unit)
}

/** Payload sizes, which are given in whole bytes or whole multiples: "249 B", "16 KiB", "1000 B". */
export function sizeOf(bytes: number): string {
  const multiple = BYTES.findLast(({ of }) => bytes >= of && bytes % of === 0) ?? BYTES[0]!
  return `${bytes / multiple.of}${multiple.suffix}`
}

/** A whole number in groups of three digits. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** 1 producer, 3 producers. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** A percentile by its short name: p50, p99.9. */
export function percentileName(percent: number): string {
  return percent <= 0 ? 'fastest' : percent >= 100 ? 'slowest' : `p${Number(percent.toFixed(5))}`
}

function multipleFor(value: number, unit: Unit): Multiple {
  const smallest = unit === COUNT && Math.abs(value) < 10_000 ? unit.slice(0, 1) : unit
  return smallest.findLast(({ of }) => Math.abs(value) >= of) ?? unit[0]!
}

/** Three digits; more only before the point, and fewer where the rest are zeros. */
function digits(value: number): string {
  const size = Math.abs(value)
  if (size >= 99.95 || Number.isInteger(value)) return count(value)
  return value.toFixed(size >= 9.995 ? 1 : size >= 0.0995 ? 2 : 3)
}
