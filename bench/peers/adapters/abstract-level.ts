import { commitLog } from '../commit-log.ts'
import type { Found, Peer, PeerOpening } from '../peer.ts'

/** What classic-level and the RocksDB of @nxtedition have in common: the interface of abstract-level. */
interface Level {
  open(): Promise<void>
  batch(): Batch
  values(): AsyncIterable<Uint8Array>
  close(): Promise<void>
}
interface Batch {
  put(key: Uint8Array, value: Uint8Array): Batch
  write(options: { sync: boolean }): Promise<void>
}
export type LevelClass = new (dir: string, options: { keyEncoding: 'buffer'; valueEncoding: 'buffer' }) => Level

const OPTIONS = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const

export interface LevelPeer {
  readonly name: string
  readonly promise: string
  readonly find: () => Found
  readonly load: () => LevelClass
  readonly batch: number
  /** Batches that can be written at the same time: one is filled while another is written. */
  readonly inFlight: number
}

/** A store with a key for each record. */
export function levelPeer({ name, promise, find, load, batch, inFlight }: LevelPeer): Peer {
  const openLevel = async (dir: string): Promise<Level> => {
    const db = new (load())(dir, OPTIONS)
    await db.open()
    return db
  }
  return {
    name,
    promise,
    isDurable: true,
    batch,
    find,
    async open({ dir, payloads, batch: records }: PeerOpening) {
      const db = await openLevel(dir)
      const commit = (count: number): Promise<void> => {
        const puts = db.batch()
        for (let i = 0; i < count; i++) puts.put(keyOf(payloads.taken), payloads.next())
        return puts.write({ sync: true })
      }
      return commitLog({ commit, batch: records, inFlight, close: () => db.close() })
    },
    async *read(dir) {
      const db = await openLevel(dir)
      yield* db.values()
      await db.close()
    },
  }
}

/** Sorts by the record's number: 8 bytes, big-endian. */
function keyOf(record: number): Buffer {
  const key = Buffer.alloc(8)
  key.writeUIntBE(record, 2, 6)
  return key
}
