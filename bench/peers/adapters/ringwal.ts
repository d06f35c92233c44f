import { readFileSync } from 'node:fs'
import { readWal, Wal, type WalOptions } from '../../../src/index.ts'
import { segmentBytesFor, segmentsMade } from '../../measure/quiet-log.ts'
import type { Payloads } from '../payloads.ts'
import type { Peer, PeerLog, PeerOpening } from '../peer.ts'

const WAIT_MS_MAX = 30_000

/** As who knows how much a burst brings opens it: a segment takes the run, and the next one is made before the start. */
export const ringwal: Peer = ringwalPeer('ringwal', ({ recordsMax, payloads }) => ({
  segmentBytes: segmentBytesFor(recordsMax, payloads.size),
}))

/** With the segments that it makes by default: those that the run needs are zero-filled while the clock runs. */
export const ringwalDefaults: Peer = { ...ringwalPeer('ringwal-defaults', () => ({})), isOurs: true }

type Sized = Pick<WalOptions, 'segmentBytes'>

function ringwalPeer(name: string, segments: (opening: PeerOpening) => Sized): Peer {
  return {
    name,
    promise: 'durable or flush resolved: an fdatasync that began after the write has returned 0',
    isDurable: true,
    batch: 1,
    find: () => ({ version: versionOf(new URL('../../../../package.json', import.meta.url)) }),
    async open(opening) {
      const { dir, work, payloads } = opening
      const { segmentBytes } = segments(opening)
      // One flush ends pipelined work: syncs before it would only be in its way. A caller who waits is not to wait for a timer.
      const sync = { policy: work === 'pipelined' ? 'interval' : 'always' } as const
      const wal = await Wal.open({ dir, sync, ...(segmentBytes === undefined ? {} : { segmentBytes }) })
      // The first segment is taken with the first record, filled or not.
      if (segmentBytes !== undefined) await segmentsMade(wal.dir, 1, segmentBytes)
      return new RingwalLog(wal, payloads, segmentBytes)
    },
    async *read(dir) {
      for await (const { bytes } of readWal(dir)) yield bytes
    },
  }
}

class RingwalLog implements PeerLog {
  private readonly wal: Wal
  private readonly payloads: Payloads
  private readonly segmentBytes: number | undefined

  constructor(wal: Wal, payloads: Payloads, segmentBytes: number | undefined) {
    this.wal = wal
    this.payloads = payloads
    this.segmentBytes = segmentBytes
  }

  async appendMany(records: number): Promise<void> {
    for (let i = 0; i < records; i++) this.wal.appendBytes(this.payloads.next())
    await this.wal.flush()
  }

  appendOne(): void {
    this.wal.waitDurable(this.wal.appendBytes(this.payloads.next()), WAIT_MS_MAX)
  }

  appendAmongOthers(): Promise<void> {
    return this.wal.durable(this.wal.appendBytes(this.payloads.next()))
  }

  async rest(): Promise<void> {
    if (this.segmentBytes !== undefined) await segmentsMade(this.wal.dir, 2, this.segmentBytes)
  }

  close(): Promise<void> {
    return this.wal.close()
  }
}

function versionOf(manifest: URL): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
