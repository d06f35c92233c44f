/** A digest of every key, of records of some types, that comes back as it is, and that is a new state after every record. */
import type { ReplayEntry } from '../../../src/replay/reducer.ts'
import { addTo, type Digests, toBytes, union } from './digests.ts'

export const types: readonly number[] = [1, 3]
export const init = (): Digests => new Map()
export const merge: (states: Digests[]) => Digests = union
export const snapshot: (state: Digests) => Uint8Array = toBytes

export function apply(state: Digests, entry: ReplayEntry): Digests {
  if (!types.includes(entry.type)) throw new Error(`type ${entry.type} was not asked for`)
  const next = new Map(state)
  const name = String(entry.key)
  const digest = state.get(name)
  if (digest !== undefined) next.set(name, { ...digest })
  addTo(next, name, entry)
  return next
}
