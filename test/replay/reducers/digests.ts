/** States that tell apart any two histories: of every key, a chain over all that its records say, in their order. */
import { createHash } from 'node:crypto'
import type { ReplayEntry } from '../../../src/replay/reducer.ts'

export interface Digest {
  records: number
  lastLsn: number
  chain: string
}

/** By key, as a string. */
export type Digests = Map<string, Digest>

export function addTo(digests: Digests, name: string, { lsn, time, type, key, value }: ReplayEntry): void {
  const digest = digests.get(name) ?? { records: 0, lastLsn: 0, chain: '' }
  const text = value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString('hex')}` : JSON.stringify(value)
  digest.chain = createHash('sha1').update(`${digest.chain} ${lsn} ${time} ${type} ${key} ${text}`).digest('hex')
  digest.records++
  digest.lastLsn = lsn
  digests.set(name, digest)
}

/** The same bytes for the same content. */
export function toBytes(digests: Digests): Uint8Array {
  const entries = [...digests].sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.from(JSON.stringify(entries))
}

export function fromBytes(bytes: Uint8Array): Digests {
  return new Map(JSON.parse(Buffer.from(bytes).toString()) as [string, Digest][])
}

export function union(states: readonly Digests[]): Digests {
  return new Map(states.flatMap((state) => [...state]))
}
