/**
 * The digest of every key, of a reducer that can not tell the parts of a snapshot apart, and that writes every snapshot into
 * the same memory.
 */
import { type Digests, fromBytes, toBytes } from './digests.ts'

export { apply, init, merge } from './keyed.ts'
export const restore = (bytes: Uint8Array): Digests => fromBytes(bytes)

const scratch = new Uint8Array(1 << 20)

export function snapshot(state: Digests): Uint8Array {
  const bytes = toBytes(state)
  scratch.set(bytes)
  return scratch.subarray(0, bytes.length)
}
