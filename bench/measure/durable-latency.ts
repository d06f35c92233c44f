import { closeSync, fdatasyncSync, unlinkSync } from 'node:fs'
import { frameBytes } from '../../src/format/index.ts'
import type { SyncPolicy, Wal } from '../../src/index.ts'
import { ClosedLoop, takeTurns, type Waits } from './closed-loop.ts'
import { openFile, writeAt } from './disk-files.ts'
import type { LogJob } from './job.ts'
import { closeAndCount, openQuietLog, type QuietLog } from './quiet-log.ts'

export interface DurableLatencyJob extends LogJob {
  readonly kind: 'durable-latency'
  /** At most so many samples for each way of waiting, and no more are begun after so long. */
  readonly samples: number
  readonly budgetMs: number
}

/** One caller, one record at a time: from before its append until it is known durable. */
export interface DurableLatency {
  /** `waitDurable`, which blocks the thread; undefined under `never`, where nothing becomes durable by itself. */
  readonly waitDurable?: Waits
  /** `await durable()`; undefined under `never`. */
  readonly durable?: Waits
  /** `await flush()`, which asks for a sync now under every policy. */
  readonly flush: Waits
  /** No log: one pwrite of the record's own bytes and an fdatasync, one after another, on a prefilled file. */
  readonly bare: Waits
  /** The same with 4 KiB. */
  readonly 'bare-page': Waits
}

/** Code that ran so often is compiled, in both threads; before, the compiler's threads are what the slowest calls wait for. */
const PRACTICE_RECORDS = 2000
const TURNS = 20
const PAGE_BYTES = 4096
const WAIT_MS_MAX = 30_000

type Way = (wal: Wal, lsn: number) => Promise<void> | void

const WAYS: Readonly<Record<'waitDurable' | 'durable' | 'flush', Way>> = {
  waitDurable: (wal, lsn) => wal.waitDurable(lsn, WAIT_MS_MAX),
  durable: (wal, lsn) => wal.durable(lsn),
  flush: (wal) => wal.flush(),
}

export async function measureDurableLatency(job: DurableLatencyJob): Promise<DurableLatency> {
  const { samples, budgetMs, policy, size, dir } = job
  const records = 3 * (samples + PRACTICE_RECORDS + TURNS)
  const { wal, load } = await openQuietLog(job, 4 * records, async (log) => {
    await takeTurns(Object.values(loopsOf(log, policy)), 1, { samples: PRACTICE_RECORDS, budgetMs })
  })
  const self = loopsOf({ wal, load }, policy)
  const bare = new BareFile(`${dir}-bare`, frameBytes(size), samples + TURNS)
  const page = new BareFile(`${dir}-bare-page`, PAGE_BYTES, samples + TURNS)
  try {
    await takeTurns([...Object.values(self), bare.loop, page.loop], TURNS, { samples, budgetMs })
  } finally {
    bare.remove()
    page.remove()
  }
  await closeAndCount(wal, wal.lastLsn)
  const { waitDurable, durable, flush } = self
  return {
    ...(waitDurable && { waitDurable: waitDurable.waits }),
    ...(durable && { durable: durable.waits }),
    flush: flush.waits,
    bare: bare.loop.waits,
    'bare-page': page.loop.waits,
  }
}

type Loops = { readonly flush: ClosedLoop } & { readonly [Name in 'waitDurable' | 'durable']?: ClosedLoop }

/** Nobody's record becomes durable by itself under `never`. */
function loopsOf({ wal, load }: QuietLog, policy: SyncPolicy): Loops {
  const by = (way: keyof typeof WAYS): ClosedLoop => new ClosedLoop(() => WAYS[way](wal, load.append(wal)))
  const flush = by('flush')
  return policy === 'never' ? { flush } : { waitDurable: by('waitDurable'), durable: by('durable'), flush }
}

/** A prefilled file, written from its start: one pwrite and one fdatasync for each step of its loop. */
class BareFile {
  readonly loop: ClosedLoop
  private readonly path: string
  private readonly fd: number

  constructor(path: string, bytes: number, steps: number) {
    this.path = path
    this.fd = openFile(path, steps * bytes)
    const data = Buffer.alloc(bytes, 5)
    let at = 0
    this.loop = new ClosedLoop(() => {
      at += writeAt(this.fd, data, bytes, at)
      fdatasyncSync(this.fd)
    })
  }

  remove(): void {
    closeSync(this.fd)
    unlinkSync(this.path)
  }
}
