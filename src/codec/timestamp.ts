/**
 * The timestamp extension, type -1, as far as a `Date` can hold it.
 *
 * ```
 * timestamp 32   seconds u32
 * timestamp 64   nanoseconds u30, seconds u34
 * timestamp 96   nanoseconds u32, seconds i64
 * ```
 *
 * Source: the MessagePack specification, "Timestamp extension type".
 */

export const TIMESTAMP_TYPE = -1

const MS_PER_SECOND = 1000
const NS_PER_MS = 1_000_000
const NS_PER_SECOND = 1_000_000_000
const U32_RANGE = 0x1_0000_0000

/** The first and last instant of a `Date` are this far from 1970, in milliseconds (ECMAScript, "Time Values"). */
const DATE_RANGE_MS = 8.64e15

/** Says why the timestamp of `size` bytes at `at` is none that a `Date` holds exactly; undefined if it is one. */
export function timestampFault(view: DataView, at: number, size: number): string | undefined {
  if (size === 4) return undefined
  if (size === 8) return nanosecondsFault(view.getUint32(at) >>> 2)
  if (size !== 12) return `a timestamp of ${size} bytes (there are 4, 8 and 12)`
  const nanoseconds = view.getUint32(at)
  const seconds = view.getInt32(at + 4) * U32_RANGE + view.getUint32(at + 8)
  const time = seconds * MS_PER_SECOND + nanoseconds / NS_PER_MS
  if (Math.abs(time) > DATE_RANGE_MS) return 'a timestamp outside the range of Date'
  return nanosecondsFault(nanoseconds)
}

function nanosecondsFault(nanoseconds: number): string | undefined {
  if (nanoseconds >= NS_PER_SECOND) return `a timestamp with ${nanoseconds} ns in its second`
  if (nanoseconds % NS_PER_MS !== 0) return 'a timestamp finer than the milliseconds of Date'
  return undefined
}
