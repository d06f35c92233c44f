import { setTimeout as sleep } from 'node:timers/promises'
import type { Wal } from '../src/index.ts'
import type { LogJob } from './job.ts'
import { appendMany, closeAndCount, lapRecords, openQuietLog, RING_BYTES, recordBytes } from './quiet-log.ts'
import { Durations, type Percentiles, spread } from './statistics.ts'

export interface AppendCostJob extends LogJob {
  readonly kind: 'append-cost'
  /** Appends timed one by one while the writer is awake. */
  readonly singles: number
  /** Appends timed one by one, each of which finds the writer asleep (or in a sync). */
  readonly sparse: number
  /** Runs of appends timed as one, with a pause in between. */
  readonly bursts: number
  readonly burstRecords: number
}

/** What `appendBytes` costs the engine's thread, in nanoseconds. */
export interface AppendCost {
  readonly recordsInLog: number
  /** One append at a time, a short pause between any two. Each holds the cost of the timer, which is not subtracted. */
  readonly single: Percentiles
  /** The same with pauses in which the writer goes to sleep, so that each append has to wake it. */
  readonly sparse: Percentiles
  /** Two readings of the timer with nothing in between, taken in turn with the appends. */
  readonly timer: Percentiles
  /** Median over the bursts of (time of the burst / its records). No burst fills the ring. */
  readonly burstNs: number
}

/** Busy pauses between single appends: the writer looks out for work for some 50 µs before it goes to sleep. */
const SINGLE_PAUSE_MS = 0.02
const SPARSE_PAUSE_MS = 0.4
const BURST_PAUSE_MS = 5
const PRACTICE_BURSTS = 5
const PRACTICE_SINGLES = 2000

export async function measureAppendCost(job: AppendCostJob): Promise<AppendCost> {
  const payload = new Uint8Array(job.size).fill(5)
  const burstRecords = Math.min(job.burstRecords, Math.floor(RING_BYTES / 2 / recordBytes(job.size)))
  const practice = PRACTICE_BURSTS * burstRecords + PRACTICE_SINGLES
  const records = practice + job.bursts * burstRecords + job.singles + job.sparse
  const wal = await openQuietLog(job, records, async (log) => {
    for (let burst = 0; burst < PRACTICE_BURSTS; burst++) await timeBurst(log, payload, burstRecords)
    timeSingles(log, payload, PRACTICE_SINGLES, SINGLE_PAUSE_MS)
  })
  const burstsNs: number[] = []
  for (let burst = 0; burst < job.bursts; burst++) burstsNs.push(await timeBurst(wal, payload, burstRecords))
  const { append: single, timer } = timeSingles(wal, payload, job.singles, SINGLE_PAUSE_MS)
  const { append: sparse } = timeSingles(wal, payload, job.sparse, SPARSE_PAUSE_MS)
  await wal.flush()
  const recordsInLog = lapRecords(job.size) + records
  await closeAndCount(wal, recordsInLog)
  return { recordsInLog, single, sparse, timer, burstNs: spread(burstsNs).median }
}

/** @returns ns per record */
async function timeBurst(wal: Wal, payload: Uint8Array, records: number): Promise<number> {
  const started = performance.now()
  appendMany(wal, payload, records)
  const ended = performance.now()
  await wal.flush()
  await sleep(BURST_PAUSE_MS)
  return ((ended - started) * 1e6) / records
}

interface Singles {
  readonly append: Percentiles
  readonly timer: Percentiles
}

function timeSingles(wal: Wal, payload: Uint8Array, count: number, pauseMs: number): Singles {
  const append = new Durations()
  const timer = new Durations()
  for (let i = 0; i < count; i++) {
    const started = performance.now()
    wal.appendBytes(payload)
    const ended = performance.now()
    const again = performance.now()
    append.record(started, ended)
    timer.record(ended, again)
    while (performance.now() - again < pauseMs);
  }
  return { append: append.percentiles(), timer: timer.percentiles() }
}
