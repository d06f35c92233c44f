/** The parts of a routing key. */

import { hashBytes } from '../routing-key.ts'

export { HASH_SEED, hashZero, keyOfHash } from '../routing-key.ts'

/** The hash goes on over a text as it was stored, its header not counted. */
export function hashStored(hash: number, bytes: Uint8Array, view: DataView, at: number): number {
  const lead = bytes[at]!
  if (lead < 0xc0) return hashBytes(hash, bytes, at + 1, at + 1 + (lead & 0x1f))
  if (lead === 0xd9) return hashBytes(hash, bytes, at + 2, at + 2 + bytes[at + 1]!)
  const start = at + (lead === 0xda ? 3 : 5)
  return hashBytes(hash, bytes, start, start + (lead === 0xda ? view.getUint16(at + 1) : view.getUint32(at + 1)))
}
