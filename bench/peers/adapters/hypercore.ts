import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commitLog } from '../commit-log.ts'
import { findPackage, loadPackage } from '../installed.ts'
import type { Peer } from '../peer.ts'

interface Core {
  readonly length: number
  /** Not in its documentation: the RocksDB in which the core is kept. */
  readonly state: { readonly storage: { readonly store: { readonly rocks: RocksDb } } }
  ready(): Promise<void>
  append(blocks: readonly Uint8Array[]): Promise<unknown>
  get(index: number): Promise<Uint8Array>
  close(): Promise<void>
}
interface RocksDb {
  readonly path: string
  currentWalFile(): Promise<{ readonly path: string }>
}
type Hypercore = new (dir: string) => Core

const datasync = promisify(fdatasync)
const READS_IN_FLIGHT = 1000

export const hypercore: Peer = {
  name: 'hypercore',
  promise: 'append resolved: the operating system has it; nothing in hypercore syncs, and power loss may take it back',
  isDurable: false,
  batch: 1000,
  find: () => findPackage('hypercore'),
  async open({ dir, payloads, batch }) {
    const core = await openCore(dir)
    const commit = async (records: number): Promise<void> => {
      await core.append(Array.from({ length: records }, () => payloads.next()))
    }
    return commitLog({ commit, batch, close: () => core.close() })
  },
  async *read(dir) {
    const core = await openCore(dir)
    for (let at = 0; at < core.length; at += READS_IN_FLIGHT) {
      const length = Math.min(READS_IN_FLIGHT, core.length - at)
      yield* await Promise.all(Array.from({ length }, (_, i) => core.get(at + i)))
    }
    await core.close()
  },
}

export const hypercoreSynced: Peer = {
  ...hypercore,
  name: 'hypercore-fdatasync',
  promise:
    'append resolved, and then the benchmark’s own fdatasync of the RocksDB log underneath; hypercore offers none',
  isDurable: true,
  async open({ dir, payloads, batch }) {
    const core = await openCore(dir)
    const log = new RocksDbLog(core.state.storage.store.rocks)
    const commit = async (records: number): Promise<void> => {
      await core.append(Array.from({ length: records }, () => payloads.next()))
      await log.sync()
    }
    const close = async (): Promise<void> => {
      log.close()
      await core.close()
    }
    return commitLog({ commit, batch, close })
  },
}

/** The file that RocksDB writes everything to first, from the outside. */
class RocksDbLog {
  private readonly db: RocksDb
  private name = ''
  private fd: number | undefined

  constructor(db: RocksDb) {
    this.db = db
  }

  /** Makes durable all that RocksDB has written to it. */
  async sync(): Promise<void> {
    const { path } = await this.db.currentWalFile()
    if (path !== this.name) await this.change(path)
    await datasync(this.fd!)
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd)
  }

  /** What was written just before RocksDB took the next file is in the last one. */
  private async change(path: string): Promise<void> {
    if (this.fd !== undefined) await datasync(this.fd)
    this.close()
    this.fd = openSync(join(this.db.path, path), 'r')
    this.name = path
    const dir = openSync(this.db.path, 'r')
    fsyncSync(dir)
    closeSync(dir)
  }
}

async function openCore(dir: string): Promise<Core> {
  const core = new (loadPackage<Hypercore>('hypercore'))(join(dir, 'core'))
  await core.ready()
  return core
}
