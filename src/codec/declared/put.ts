/**
 * Values other than texts on the way out: into `bytes`, and `view` of the same memory, from `at` on. Each gives the
 * index behind what it wrote, and writes what @msgpack/msgpack would.
 */

const U32_RANGE = 0x1_0000_0000

/** The most bytes that a number, a bigint, a boolean or a timestamp takes. */
export const NUMBER_BYTES_MAX = 9
export const TIMESTAMP_BYTES_MAX = 15
export const BYTES_HEADER_MAX = 5
export const MAP_HEADER_MAX = 3

/** Every encoder's own: -0 is left to the general codec, which then stores all of the record's numbers as floats. */
export function isPlainNumber(value: unknown): value is number {
  return typeof value === 'number' && !Object.is(value, -0)
}

export function isPlainInteger(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max && !Object.is(value, -0)
}

export function isBigIntFrom(value: unknown, min: bigint, max: bigint): value is bigint {
  return typeof value === 'bigint' && value >= min && value <= max
}

/** @param useBigInt64 whether integers of 64 bits are for bigints alone, so that larger numbers are floats */
export function putNumber(bytes: Uint8Array, view: DataView, at: number, value: number, useBigInt64: boolean): number {
  return Number.isSafeInteger(value)
    ? putInteger(bytes, view, at, value, useBigInt64)
    : putFloat(bytes, view, at, value)
}

/** @param value a safe integer, and not -0 */
export function putInteger(bytes: Uint8Array, view: DataView, at: number, value: number, useBigInt64: boolean): number {
  if (value < 0) return putNegative(bytes, view, at, value, useBigInt64)
  if (value < 0x80) {
    bytes[at] = value
    return at + 1
  }
  if (value < 0x100) {
    bytes[at] = 0xcc
    bytes[at + 1] = value
    return at + 2
  }
  if (value < 0x1_0000) {
    bytes[at] = 0xcd
    view.setUint16(at + 1, value)
    return at + 3
  }
  if (value < U32_RANGE) {
    bytes[at] = 0xce
    view.setUint32(at + 1, value)
    return at + 5
  }
  return useBigInt64 ? putFloat(bytes, view, at, value) : put64(bytes, view, at, 0xcf, value)
}

function putNegative(bytes: Uint8Array, view: DataView, at: number, value: number, useBigInt64: boolean): number {
  if (value >= -0x20) {
    bytes[at] = value
    return at + 1
  }
  if (value >= -0x80) {
    bytes[at] = 0xd0
    bytes[at + 1] = value
    return at + 2
  }
  if (value >= -0x8000) {
    bytes[at] = 0xd1
    view.setInt16(at + 1, value)
    return at + 3
  }
  if (value >= -0x8000_0000) {
    bytes[at] = 0xd2
    view.setInt32(at + 1, value)
    return at + 5
  }
  return useBigInt64 ? putFloat(bytes, view, at, value) : put64(bytes, view, at, 0xd3, value)
}

function put64(bytes: Uint8Array, view: DataView, at: number, lead: number, value: number): number {
  bytes[at] = lead
  view.setInt32(at + 1, Math.floor(value / U32_RANGE))
  // Of what does not fit into 32 bits, the low ones are stored.
  view.setUint32(at + 5, value)
  return at + 9
}

function putFloat(bytes: Uint8Array, view: DataView, at: number, value: number): number {
  bytes[at] = 0xcb
  view.setFloat64(at + 1, value)
  return at + 9
}

export function putBigInt(bytes: Uint8Array, view: DataView, at: number, value: bigint): number {
  bytes[at] = value < 0n ? 0xd3 : 0xcf
  view.setBigInt64(at + 1, value)
  return at + 9
}

const LOOPED_BYTES_MAX = 32

/** @param length as it was when room for it was taken. @throws RangeError if the value has become longer since */
export function putBytes(bytes: Uint8Array, view: DataView, at: number, value: Uint8Array, length: number): number {
  const start = putBytesHeader(bytes, view, at, length)
  if (length <= LOOPED_BYTES_MAX) {
    for (let index = 0; index < length; index++) bytes[start + index] = value[index]!
  } else bytes.subarray(start, start + length).set(value)
  return start + length
}

function putBytesHeader(bytes: Uint8Array, view: DataView, at: number, length: number): number {
  if (length <= 0xff) {
    bytes[at] = 0xc4
    bytes[at + 1] = length
    return at + 2
  }
  if (length <= 0xffff) {
    bytes[at] = 0xc5
    view.setUint16(at + 1, length)
    return at + 3
  }
  bytes[at] = 0xc6
  view.setUint32(at + 1, length)
  return at + 5
}

const TIMESTAMP_64_SECONDS = 2 ** 34

/** @param time milliseconds since 1970, as of a valid Date */
export function putTimestamp(view: DataView, at: number, time: number): number {
  const seconds = Math.floor(time / 1000)
  const nanoseconds = (time - seconds * 1000) * 1_000_000
  if (seconds < 0 || seconds >= TIMESTAMP_64_SECONDS) {
    view.setUint32(at, 0xc7_0c_ff_00)
    view.setUint32(at + 3, nanoseconds)
    view.setInt32(at + 7, Math.floor(seconds / U32_RANGE))
    view.setUint32(at + 11, seconds)
    return at + 15
  }
  if (nanoseconds === 0 && seconds < U32_RANGE) {
    view.setUint16(at, 0xd6_ff)
    view.setUint32(at + 2, seconds)
    return at + 6
  }
  view.setUint16(at, 0xd7_ff)
  view.setUint32(at + 2, nanoseconds * 4 + Math.floor(seconds / U32_RANGE))
  view.setUint32(at + 6, seconds)
  return at + 10
}

/** @param count of a map whose optional fields are counted at each record */
export function putMapHeader(bytes: Uint8Array, view: DataView, at: number, count: number): number {
  if (count < 16) {
    bytes[at] = 0x80 | count
    return at + 1
  }
  bytes[at] = 0xde
  view.setUint16(at + 1, count)
  return at + 3
}
