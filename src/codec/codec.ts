/** MessagePack, any value: what goes in comes out, or is refused. */

import { optionError } from '../errors.ts'
import { decodeValue } from './decode.ts'
import { ValueEncoder } from './encode.ts'

export interface CodecSettings {
  /**
   * False: a bigint is refused, and every integer decodes to a number; a 64-bit integer past 2^53 is refused.
   *
   * True: a bigint from -2^63 to 2^64 - 1 is stored in 64 bits, and every 64-bit integer decodes to a bigint. A number
   * stays a number: one past 32 bits is stored as a float, so that 5 and 5n, 2 ** 40 and 2n ** 40n stay apart. Bytes
   * must be read with the setting they were written with: false wrote integers past 32 bits in 64 bits.
   */
  readonly useBigInt64: boolean
}

/**
 * Encodes values as MessagePack and decodes them.
 *
 * Stored as they are: null, booleans, numbers (also NaN, the infinities and -0), strings, `Date` (milliseconds),
 * `Uint8Array`, arrays and plain objects, nested up to 100 deep. A value that holds a -0 has all its numbers stored as
 * floats, 9 bytes each: MessagePack's integers have no sign for zero.
 *
 * Stored as something else, by convention:
 * - a property whose value is undefined is left out, as in JSON; so are properties that are not enumerable or
 *   inherited, and those which an array, a Date or a Uint8Array has besides its contents;
 * - a `Buffer` or another kind of Uint8Array comes back as a Uint8Array, an object without a prototype as a plain one.
 *
 * Everything else is refused. A getter is called more than once and must answer the same each time.
 */
export interface Codec extends CodecSettings {
  /**
   * Encodes one value. The result is a view of a shared buffer, valid until the next `encode`.
   *
   * Throws ERR_RINGWAL_VALUE, with the facts `path` (such as `$.orders[3].price`) and `reason`, for a value that could
   * not come back as it is: undefined at the top or in an array, a hole, a function, a symbol, a symbol key, a bigint
   * (see `useBigInt64`), an invalid Date, a lone surrogate in a string or key, the key `__proto__`, a key of over 66
   * characters that begins with U+FEFF, a Uint8Array whose buffer is detached, an instance of any other class (Map,
   * Set, Error, Float64Array, a subclass of Array or Date …), a cycle, a depth over 100. Throws ERR_RINGWAL_TOO_LARGE
   * if memory for the result can not be had.
   */
  encode(value: unknown): Uint8Array

  /**
   * Decodes one value that fills `bytes` exactly. Nothing in the result refers to `bytes`: byte arrays are copies, each
   * with a buffer of its own. If a map has a key twice, the last one counts.
   *
   * Throws ERR_RINGWAL_INPUT, with the facts `reason` and `offset`, for bytes that are cut short or too many, lengths
   * that the input can not hold, a depth over 100, a key that is no string or is `__proto__`, invalid UTF-8, an
   * extension type other than the timestamp, a timestamp that is no whole millisecond of a `Date`, or an integer past
   * 2^53 without `useBigInt64`. Memory is taken in proportion to the bytes that are there, whatever lengths they
   * declare: at worst an empty map, of one byte, becomes an object of 56.
   */
  decode(bytes: Uint8Array): unknown
}

/** Makes a codec. Keep one per thread: it owns the buffer that `encode` writes into. */
export function createCodec(settings: CodecSettings): Codec {
  const { useBigInt64 } = settings
  if (typeof useBigInt64 !== 'boolean') throw optionError('useBigInt64', useBigInt64, 'true, false')
  const encoder = new ValueEncoder(useBigInt64)
  return {
    useBigInt64,
    encode: (value) => encoder.encode(value),
    decode: (bytes) => decodeValue(bytes, useBigInt64),
  }
}
