import type { Wal } from '../src/index.ts'
import { measureBareLatency } from './disk.ts'
import type { LogJob } from './job.ts'
import { closeAndCount, lapRecords, openQuietLog, recordBytes } from './quiet-log.ts'
import { Durations, type Percentiles } from './statistics.ts'

export interface DurableLatencyJob extends LogJob {
  readonly kind: 'durable-latency'
  /** At most so many samples for each way of waiting, and no more are begun after so long. */
  readonly samples: number
  readonly budgetMs: number
}

/** One caller, one record at a time: from before its append until it is known durable, in nanoseconds. */
export interface DurableLatency {
  readonly recordsInLog: number
  /** `waitDurable`, which blocks the thread. */
  readonly blocking: Percentiles
  /** `await durable()`. */
  readonly promise: Percentiles
  /** `await flush()`, which asks for a sync now under every policy. */
  readonly flush: Percentiles
  /** No log: one pwrite of the record's own bytes and an fdatasync, one after another. */
  readonly bareRecord: Percentiles
  /** The same with 4 KiB. */
  readonly barePage: Percentiles
}

const PRACTICE_RECORDS = 100
const PAGE_BYTES = 4096
const WAIT_MS_MAX = 30_000

type Way = (wal: Wal, lsn: number) => Promise<void> | void

const WAYS: Readonly<Record<'blocking' | 'promise' | 'flush', Way>> = {
  blocking: (wal, lsn) => wal.waitDurable(lsn, WAIT_MS_MAX),
  promise: (wal, lsn) => wal.durable(lsn),
  flush: (wal) => wal.flush(),
}

export async function measureDurableLatency(job: DurableLatencyJob): Promise<DurableLatency> {
  const payload = new Uint8Array(job.size).fill(5)
  const recordsMax = 3 * job.samples + PRACTICE_RECORDS
  const wal = await openQuietLog(job, 4 * recordsMax, async (log) => {
    await sample(log, payload, 'flush', PRACTICE_RECORDS, Number.POSITIVE_INFINITY)
  })
  // Under `never` a record by itself is not made durable: there is nothing to wait for but a flush.
  const waits = job.policy === 'never' ? 0 : job.samples
  const blocking = await sample(wal, payload, 'blocking', waits, job.budgetMs)
  const promise = await sample(wal, payload, 'promise', waits, job.budgetMs)
  const flush = await sample(wal, payload, 'flush', job.samples, job.budgetMs)
  const recordsInLog = lapRecords(job.size) + PRACTICE_RECORDS + blocking.samples + promise.samples + flush.samples
  await closeAndCount(wal, recordsInLog)
  const bare = (bytes: number): Percentiles => measureBareLatency(`${job.dir}-bare`, bytes, job.samples, job.budgetMs)
  const [bareRecord, barePage] = [bare(recordBytes(job.size)), bare(PAGE_BYTES)]
  return { recordsInLog, blocking, promise, flush, bareRecord, barePage }
}

async function sample(
  wal: Wal,
  payload: Uint8Array,
  way: keyof typeof WAYS,
  samples: number,
  budgetMs: number,
): Promise<Percentiles> {
  const durations = new Durations()
  const wait = WAYS[way]
  const deadline = performance.now() + budgetMs
  while (durations.count < samples) {
    const started = performance.now()
    if (started > deadline) break
    const waiting = wait(wal, wal.appendBytes(payload))
    if (waiting !== undefined) await waiting
    durations.record(started, performance.now())
  }
  return durations.percentiles()
}
