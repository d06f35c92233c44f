/**
 * A record, little-endian: `u32 size` of what follows · `u32 checksum` of what follows it · `u64 timestamp` in ms ·
 * `u32 key size` · key · `u32 value size` · value.
 */
import type { ForeignDamageClass } from '../foreign-damage.ts'

export const SIZE_BYTES = 4
export const CHECKSUM_BYTES = 4
/** From the end of the size field. */
const TIMESTAMP_AT = 4
const KEY_SIZE_AT = 12
const KEY_AT = 16
/** The body of a record with neither key nor value: checksum, timestamp and two sizes. */
const BODY_BYTES_MIN = 20

/** Where the parts of a body stand, as indices into what holds it. */
export interface RecordParts {
  readonly timestamp: bigint
  readonly keyStart: number
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
}

/**
 * Takes a body apart. Nothing is read past its end, whatever its sizes say.
 * @param at index of the body, behind its size field, of which `size` bytes are there
 * @returns what is wrong, in words, if the sizes do not fit
 */
export function partsOf(view: DataView, at: number, size: number): RecordParts | string {
  if (size < BODY_BYTES_MIN) return `a record of ${size} bytes has no room for its fields, which take ${BODY_BYTES_MIN}`
  const keySize = view.getUint32(at + KEY_SIZE_AT, true)
  if (keySize > size - BODY_BYTES_MIN) return `a key of ${keySize} bytes does not fit into a record of ${size}`
  const keyStart = at + KEY_AT
  const keyEnd = keyStart + keySize
  const valueSize = view.getUint32(keyEnd, true)
  const room = size - BODY_BYTES_MIN - keySize
  if (valueSize > room) return `a value of ${valueSize} bytes does not fit into the ${room} that are left for it`
  const valueStart = keyEnd + 4
  const timestamp = view.getBigUint64(at + TIMESTAMP_AT, true)
  return { timestamp, keyStart, keyEnd, valueStart, valueEnd: valueStart + valueSize }
}

/**
 * What to call a record that the file's end cuts: its own sizes, as far as they are there, tell a write that was torn from a
 * size field that is wrong.
 * @param at index of the body in what holds it
 * @param rest bytes of the body that are there, fewer than `size`; of many, the first ones are enough
 */
export function classOfCut(view: DataView, at: number, size: number, rest: number): ForeignDamageClass {
  if (size < BODY_BYTES_MIN) return 'length'
  if (rest < KEY_AT) return 'truncated'
  const keySize = view.getUint32(at + KEY_SIZE_AT, true)
  if (keySize > size - BODY_BYTES_MIN) return 'length'
  if (rest < KEY_AT + keySize + 4) return 'truncated'
  const valueSize = view.getUint32(at + KEY_AT + keySize, true)
  return BODY_BYTES_MIN + keySize + valueSize === size ? 'truncated' : 'length'
}
