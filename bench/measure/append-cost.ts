import { setTimeout as sleep } from 'node:timers/promises'
import { frameBytes } from '../../src/format/index.ts'
import type { Wal } from '../../src/index.ts'
import { Durations, type Recording, spread } from '../statistics.ts'
import type { LogJob } from './job.ts'
import { type Load, ordersInTurn } from './load.ts'
import { closeAndCount, openQuietLog, RING_BYTES } from './quiet-log.ts'

export interface AppendCostJob extends LogJob {
  readonly kind: 'append-cost'
  /** Appends timed one by one while the writer is awake. */
  readonly singles: number
  /** Appends timed one by one, each of which finds the writer asleep (or in a sync). */
  readonly waking: number
  /** Runs of appends timed as one, with a pause in between. */
  readonly bursts: number
  readonly burstRecords: number
}

/** What an append costs the engine's thread, in nanoseconds. */
export interface AppendCost {
  /** One append at a time, a short pause between any two. Each holds the cost of the timer, which is not subtracted. */
  readonly single: Recording
  /** The same with pauses in which the writer goes to sleep, so that each append has to wake it. */
  readonly waking: Recording
  /** Two readings of the timer with nothing in between, taken in turn with the appends. */
  readonly timer: Recording
  /** Median over the bursts of (time of the burst / its records). No burst fills the ring. */
  readonly burstNs: number
  /** The same for `JSON.stringify` of the orders, in turn with the bursts; null for plain bytes. */
  readonly jsonNs: number | null
}

/** Busy pauses between single appends: the writer looks out for work for some 50 µs before it goes to sleep. */
const SINGLE_PAUSE_MS = 0.02
const WAKING_PAUSE_MS = 0.4
const BURST_PAUSE_MS = 5
const PRACTICE_BURSTS = 5
const PRACTICE_SINGLES = 2000

export async function measureAppendCost(job: AppendCostJob): Promise<AppendCost> {
  const burstRecords = Math.max(1, Math.min(job.burstRecords, Math.floor(RING_BYTES / 2 / frameBytes(job.size))))
  const practice = PRACTICE_BURSTS * burstRecords + PRACTICE_SINGLES
  const records = practice + job.bursts * burstRecords + job.singles + job.waking
  const { wal, load } = await openQuietLog(job, records, async (log) => {
    await timeBursts(log.wal, log.load, PRACTICE_BURSTS, burstRecords, job.encoding !== 'bytes')
    timeSingles(log.wal, log.load, PRACTICE_SINGLES, SINGLE_PAUSE_MS)
  })
  const bursts = await timeBursts(wal, load, job.bursts, burstRecords, job.encoding !== 'bytes')
  const { append: single, timer } = timeSingles(wal, load, job.singles, SINGLE_PAUSE_MS)
  const { append: waking } = timeSingles(wal, load, job.waking, WAKING_PAUSE_MS)
  await wal.flush()
  await closeAndCount(wal, wal.lastLsn)
  return { single, waking, timer, ...bursts }
}

async function timeBursts(
  wal: Wal,
  load: Load,
  bursts: number,
  records: number,
  withJson: boolean,
): Promise<Pick<AppendCost, 'burstNs' | 'jsonNs'>> {
  const [burstNs, jsonNs]: [number[], number[]] = [[], []]
  for (let burst = 0; burst < bursts; burst++) {
    const started = performance.now()
    load.appendMany(wal, records)
    burstNs.push(((performance.now() - started) * 1e6) / records)
    if (withJson) jsonNs.push(timeJson(records))
    await wal.flush()
    await sleep(BURST_PAUSE_MS)
  }
  return { burstNs: spread(burstNs).median, jsonNs: withJson ? spread(jsonNs).median : null }
}

/** @returns ns for each of `records` orders */
function timeJson(records: number): number {
  const next = ordersInTurn()
  let characters = 0
  const started = performance.now()
  for (let i = 0; i < records; i++) characters += JSON.stringify(next()).length
  const ns = ((performance.now() - started) * 1e6) / records
  // A result that nobody looks at need not be made.
  return characters > 0 ? ns : Number.NaN
}

interface Singles {
  readonly append: Recording
  readonly timer: Recording
}

function timeSingles(wal: Wal, load: Load, count: number, pauseMs: number): Singles {
  const append = new Durations()
  const timer = new Durations()
  for (let i = 0; i < count; i++) {
    const started = performance.now()
    load.append(wal)
    const ended = performance.now()
    const again = performance.now()
    append.record(started, ended)
    timer.record(ended, again)
    while (performance.now() - again < pauseMs);
  }
  return { append: append.recording(), timer: timer.recording() }
}
