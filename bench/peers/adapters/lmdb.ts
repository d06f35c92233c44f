import { join } from 'node:path'
import { findPackage, loadPackage } from '../installed.ts'
import type { Payloads } from '../payloads.ts'
import type { Peer, PeerLog } from '../peer.ts'

interface Database {
  put(key: number, value: Uint8Array): Promise<boolean>
  putSync(key: number, value: Uint8Array, options: { append: boolean }): boolean
  transactionSync(work: () => void): void
  getRange(): Iterable<{ readonly value: Uint8Array }>
  readonly flushed: PromiseLike<unknown>
  close(): Promise<void>
}
interface Lmdb {
  open(options: object): Database
}

export const lmdb: Peer = {
  name: 'lmdb',
  promise: 'db.flushed resolved: the transaction and the page that names it are synced (fdatasync, O_DSYNC)',
  isDurable: true,
  batch: 10_000,
  find: () => findPackage('lmdb'),
  open: ({ dir, payloads, batch }) => new LmdbLog(openDatabase(dir), payloads, batch),
  async *read(dir) {
    const db = openDatabase(dir)
    try {
      for (const { value } of db.getRange()) yield value
    } finally {
      await db.close()
    }
  },
}

function openDatabase(dir: string): Database {
  // Overlapping syncs, the default, made big transactions slower.
  const options = { path: join(dir, 'db'), encoding: 'binary', keyEncoding: 'uint32', overlappingSync: false }
  return loadPackage<Lmdb>('lmdb').open(options)
}

class LmdbLog implements PeerLog {
  private readonly db: Database
  private readonly payloads: Payloads
  private readonly batch: number

  constructor(db: Database, payloads: Payloads, batch: number) {
    this.db = db
    this.payloads = payloads
    this.batch = batch
  }

  /** Faster than puts in flight, which lmdb makes transactions of by itself. */
  async appendMany(records: number): Promise<void> {
    const { db, payloads, batch } = this
    for (let left = records; left > 0; left -= batch) {
      const last = payloads.taken + Math.min(batch, left)
      db.transactionSync(() => {
        while (payloads.taken < last) db.putSync(payloads.taken + 1, payloads.next(), { append: true })
      })
    }
    await db.flushed
  }

  appendOne(): Promise<void> {
    return this.appendAmongOthers()
  }

  /** lmdb puts into one transaction what is put in one turn of the event loop. */
  async appendAmongOthers(): Promise<void> {
    await this.db.put(this.payloads.taken + 1, this.payloads.next())
    await this.db.flushed
  }

  close(): Promise<void> {
    return this.db.close()
  }
}
