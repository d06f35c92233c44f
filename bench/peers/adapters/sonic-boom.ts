import { once } from 'node:events'
import { join } from 'node:path'
import { commitLog } from '../commit-log.ts'
import { findPackage, loadPackage } from '../installed.ts'
import type { Peer } from '../peer.ts'
import { readSlots } from './slots.ts'

interface SonicBoom extends NodeJS.EventEmitter {
  write(bytes: Uint8Array): boolean
  flush(done: (error?: Error | null) => void): void
  end(): void
}
type SonicBoomClass = new (options: object) => SonicBoom

/** Bytes of a write at most: 16 KiB, the default, was slower, 1 MiB no faster. */
const WRITE_BYTES_MAX = 65536

export const sonicBoom: Peer = {
  name: 'sonic-boom',
  promise: 'flush called back: the bytes are synced (fsync); bytes without frames: nothing tells a torn record',
  isDurable: true,
  isFrameless: true,
  batch: 10_000,
  find: () => findPackage('sonic-boom'),
  async open({ dir, payloads, batch }) {
    const Sonic = loadPackage<SonicBoomClass>('sonic-boom')
    // In its `sync` mode it calls back without a sync when nothing is left to write, and with `fsync` it blocks for each write.
    const stream = new Sonic({ dest: fileIn(dir), contentMode: 'buffer', maxWrite: WRITE_BYTES_MAX })
    await once(stream, 'ready')
    const commit = (records: number): Promise<void> => {
      for (let i = 0; i < records; i++) stream.write(payloads.next())
      return new Promise((resolve, reject) => stream.flush((error) => (error ? reject(error) : resolve())))
    }
    const close = async (): Promise<void> => {
      stream.end()
      await once(stream, 'close')
    }
    return commitLog({ commit, batch, close })
  },
  read: (dir, size) => readSlots(fileIn(dir), size),
}

function fileIn(dir: string): string {
  return join(dir, 'records')
}
