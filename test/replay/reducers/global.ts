/** One digest of all records. */
import type { ReplayEntry } from '../../../src/replay/reducer.ts'
import { addTo, type Digests, fromBytes, toBytes } from './digests.ts'

export const ordered = 'global'
export const init = (): Digests => new Map()
export const apply = (state: Digests, entry: ReplayEntry): void => addTo(state, 'all', entry)
export const snapshot: (state: Digests) => Uint8Array = toBytes
export const restore = (bytes: Uint8Array): Digests => fromBytes(bytes)

export function merge(): Digests {
  throw new Error('there is only one state')
}
