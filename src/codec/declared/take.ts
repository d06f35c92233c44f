/**
 * Values other than texts on the way in, as the encoders of this room write them. Each gives undefined for all else,
 * also for what would reach past the end, and moves the cursor behind what it took.
 */

import { TIMESTAMP_TYPE, timestampFault } from '../timestamp.ts'

/** Where the next value begins, and where the record ends. */
export interface Cursor {
  at: number
  end: number
}

const U32_RANGE = 0x1_0000_0000

/** @param useBigInt64 whether integers of 64 bits are bigints, and larger numbers floats */
export function takeInteger(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  cursor: Cursor,
  min: number,
  max: number,
  useBigInt64: boolean,
): number | undefined {
  const value = takeNumber(bytes, view, at, cursor, useBigInt64)
  return value !== undefined && Number.isInteger(value) && value >= min && value <= max ? value : undefined
}

export function takeNumber(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  cursor: Cursor,
  useBigInt64: boolean,
): number | undefined {
  if (at >= cursor.end) return undefined
  const lead = bytes[at]!
  cursor.at = at + 1
  if (lead < 0x80) return lead
  if (lead >= 0xe0) return lead - 0x100
  const width = widthOf(lead)
  if (width === 0 || at + 1 + width > cursor.end) return undefined
  cursor.at = at + 1 + width
  switch (lead) {
    case 0xcb:
      return view.getFloat64(at + 1)
    case 0xcc:
      return bytes[at + 1]!
    case 0xcd:
      return view.getUint16(at + 1)
    case 0xce:
      return view.getUint32(at + 1)
    case 0xd0:
      return view.getInt8(at + 1)
    case 0xd1:
      return view.getInt16(at + 1)
    case 0xd2:
      return view.getInt32(at + 1)
    default:
      return useBigInt64 ? undefined : safeInteger(view, at + 1, lead === 0xcf)
  }
}

/** Bytes behind the lead byte of a longer number; 0 for the lead of anything else, and of a float of 32 bits. */
function widthOf(lead: number): number {
  if (lead === 0xcb) return 8
  if (lead >= 0xcc && lead <= 0xcf) return 1 << (lead - 0xcc)
  return lead >= 0xd0 && lead <= 0xd3 ? 1 << (lead - 0xd0) : 0
}

function safeInteger(view: DataView, at: number, isUnsigned: boolean): number | undefined {
  const high = isUnsigned ? view.getUint32(at) : view.getInt32(at)
  const value = high * U32_RANGE + view.getUint32(at + 4)
  return Number.isSafeInteger(value) ? value : undefined
}

export function takeBigInt(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  cursor: Cursor,
  min: bigint,
  max: bigint,
): bigint | undefined {
  if (at + 9 > cursor.end) return undefined
  const lead = bytes[at]!
  if (lead !== 0xcf && lead !== 0xd3) return undefined
  cursor.at = at + 9
  const value = lead === 0xcf ? view.getBigUint64(at + 1) : view.getBigInt64(at + 1)
  return value >= min && value <= max ? value : undefined
}

export function takeBoolean(bytes: Uint8Array, at: number, cursor: Cursor): boolean | undefined {
  if (at >= cursor.end) return undefined
  const lead = bytes[at]!
  cursor.at = at + 1
  return lead === 0xc3 ? true : lead === 0xc2 ? false : undefined
}

/** A copy, with a buffer of its own. */
export function takeBytes(bytes: Uint8Array, view: DataView, at: number, cursor: Cursor): Uint8Array | undefined {
  const { end } = cursor
  if (at >= end) return undefined
  const lead = bytes[at]!
  if (lead < 0xc4 || lead > 0xc6) return undefined
  const start = at + 1 + (1 << (lead - 0xc4))
  if (start > end) return undefined
  const length = lead === 0xc4 ? bytes[at + 1]! : lead === 0xc5 ? view.getUint16(at + 1) : view.getUint32(at + 1)
  if (length > end - start) return undefined
  cursor.at = start + length
  const copy = new Uint8Array(length)
  copy.set(bytes.subarray(start, start + length))
  return copy
}

export function takeTimestamp(bytes: Uint8Array, view: DataView, at: number, cursor: Cursor): Date | undefined {
  const { end } = cursor
  if (at + 2 > end) return undefined
  const lead = bytes[at]!
  const size = lead === 0xd6 ? 4 : lead === 0xd7 ? 8 : lead === 0xc7 && bytes[at + 1] === 12 ? 12 : 0
  const start = at + (size === 12 ? 3 : 2)
  if (size === 0 || start + size > end || view.getInt8(start - 1) !== TIMESTAMP_TYPE) return undefined
  if (timestampFault(view, start, size) !== undefined) return undefined
  cursor.at = start + size
  if (size === 4) return new Date(view.getUint32(start) * 1000)
  if (size === 8) {
    const high = view.getUint32(start)
    return dateOf((high & 3) * U32_RANGE + view.getUint32(start + 4), high >>> 2)
  }
  return dateOf(view.getInt32(start + 4) * U32_RANGE + view.getUint32(start + 8), view.getUint32(start))
}

function dateOf(seconds: number, nanoseconds: number): Date {
  return new Date(seconds * 1000 + nanoseconds / 1_000_000)
}

/** How many members a map has; -1 for all that is no map of fewer than 65536. */
export function takeMapHeader(bytes: Uint8Array, view: DataView, at: number, cursor: Cursor): number {
  if (at >= cursor.end) return -1
  const lead = bytes[at]!
  cursor.at = at + 1
  if ((lead & 0xf0) === 0x80) return lead & 0x0f
  if (lead !== 0xde || at + 3 > cursor.end) return -1
  cursor.at = at + 3
  return view.getUint16(at + 1)
}
