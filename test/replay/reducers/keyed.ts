/** A digest of every key, that comes back from its thread as bytes and can begin with a part of a snapshot. */
import type { ReplayEntry } from '../../../src/replay/reducer.ts'
import { addTo, type Digests, fromBytes, toBytes, union } from './digests.ts'

export const init = (): Digests => new Map()
export const apply = (state: Digests, entry: ReplayEntry): void => addTo(state, String(entry.key), entry)
export const merge: (states: Digests[]) => Digests = union
export const snapshot: (state: Digests) => Uint8Array = toBytes

export function restore(bytes: Uint8Array, owns?: (key: number) => boolean): Digests {
  const all = fromBytes(bytes)
  return owns === undefined ? all : new Map([...all].filter(([key]) => owns(Number(key))))
}
