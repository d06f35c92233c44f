import { frameBytes } from '../../src/format/index.ts'
import type { Wal } from '../../src/index.ts'
import { Durations, type Recording } from '../statistics.ts'
import { writeBatches } from './bare-disk.ts'
import { withFile } from './disk-files.ts'
import type { LogJob } from './job.ts'
import type { Load } from './load.ts'
import { closeAndCount, openQuietLog } from './quiet-log.ts'

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

export interface Waits {
  readonly recordsPerSecond: number
  readonly latency: Recording
}

const PRACTICE_RECORDS = 100
const PAGE_BYTES = 4096
const WAIT_MS_MAX = 30_000

type Way = (wal: Wal, lsn: number) => Promise<void> | void

const WAYS: Readonly<Record<'waitDurable' | 'durable' | 'flush', Way>> = {
  waitDurable: (wal, lsn) => wal.waitDurable(lsn, WAIT_MS_MAX),
  durable: (wal, lsn) => wal.durable(lsn),
  flush: (wal) => wal.flush(),
}

export async function measureDurableLatency(job: DurableLatencyJob): Promise<DurableLatency> {
  const { samples, budgetMs, policy, size } = job
  const recordsMax = 3 * samples + PRACTICE_RECORDS
  const { wal, load } = await openQuietLog(job, 4 * recordsMax, async (log) => {
    await wait(log.wal, log.load, WAYS.flush, PRACTICE_RECORDS, Number.POSITIVE_INFINITY)
  })
  const by = (way: keyof typeof WAYS): Promise<Waits> => wait(wal, load, WAYS[way], samples, budgetMs)
  const self = policy === 'never' ? {} : { waitDurable: await by('waitDurable'), durable: await by('durable') }
  const flush = await by('flush')
  await closeAndCount(wal, wal.lastLsn)
  const bare = (bytes: number): Waits => bareWaits(`${job.dir}-bare`, bytes, samples, budgetMs)
  return { ...self, flush, bare: bare(frameBytes(size)), 'bare-page': bare(PAGE_BYTES) }
}

async function wait(wal: Wal, load: Load, way: Way, samples: number, budgetMs: number): Promise<Waits> {
  const durations = new Durations()
  const began = performance.now()
  let ended = began
  while (durations.count < samples && ended - began <= budgetMs) {
    const started = performance.now()
    const waiting = way(wal, load.append(wal))
    if (waiting !== undefined) await waiting
    ended = performance.now()
    durations.record(started, ended)
  }
  return { recordsPerSecond: durations.count / ((ended - began) / 1000), latency: durations.recording() }
}

function bareWaits(file: string, bytes: number, samples: number, budgetMs: number): Waits {
  const { syncsPerSecond, latency } = withFile(file, samples * bytes, (fd) =>
    writeBatches(fd, bytes, samples, budgetMs),
  )
  return { recordsPerSecond: syncsPerSecond, latency }
}
