import { RingwalError } from '../../src/index.ts'
import { Durations, type Recording } from '../statistics.ts'

export interface PacePlan {
  /** Records a second. */
  readonly rate: number
  readonly records: number
}

/** What a pacer looks at to see how far the log is. */
export interface DurableSight {
  readonly durableLsn: number
}

/**
 * So many appends in a row at most before it looks how far the log is durable. Where nothing is in arrears it looks after
 * every append, and all the time in between.
 */
const APPENDS_PER_LOOK = 16
const TAIL_MS_MAX = 60_000

/**
 * Appends records at planned moments, each at once when its moment has passed, and notes when each was accepted and when it
 * was first seen durable. The thread does nothing else: it neither sleeps nor counts, so that what it sees is late by a turn
 * of its loop at most, which is a fraction of a microsecond, or the time of `APPENDS_PER_LOOK` appends when in arrears.
 *
 * Record `i` is planned `i / rate` seconds after the start, also when all before it were late. Its time counts from there:
 * what a stall delays is counted for every record that it delays, not for the first alone.
 */
export class Pacer {
  readonly plan: PacePlan
  /** Milliseconds after the start, for each record. */
  readonly acceptedMs: Float64Array
  /** When more was seen to be durable: the time, and how many of the records. */
  readonly seenMs: Float64Array
  readonly seenRecords: Float64Array
  seen = 0
  private readonly waitsForDurable: boolean
  private firstLsn = 0
  private start = 0

  /** @param waitsForDurable whether to look, and to go on looking until all are durable */
  constructor(plan: PacePlan, waitsForDurable: boolean) {
    this.plan = plan
    this.waitsForDurable = waitsForDurable
    // Filled, so that no page is touched for the first time in the middle of a run.
    this.acceptedMs = new Float64Array(plan.records).fill(-1)
    this.seenMs = new Float64Array(plan.records).fill(-1)
    this.seenRecords = new Float64Array(plan.records).fill(-1)
  }

  /** @param append puts one record into the log, and returns its LSN: one more each time */
  run(append: () => number, log: DurableSight): void {
    const { plan, acceptedMs } = this
    const perMs = plan.rate / 1000
    this.start = performance.now()
    let done = 0
    while (done < plan.records) {
      const due = Math.min(plan.records, Math.floor((performance.now() - this.start) * perMs) + 1)
      const until = Math.min(due, done + APPENDS_PER_LOOK)
      while (done < until) {
        const lsn = append()
        if (done === 0) this.firstLsn = lsn
        acceptedMs[done++] = performance.now() - this.start
      }
      this.look(log)
    }
    if (this.waitsForDurable) this.lookOut(log)
  }

  /** Records a second from the start to the last one, which is planned one interval before the end. */
  get achieved(): number {
    const { rate, records } = this.plan
    return records / ((this.acceptedMs[records - 1] ?? 0) / 1000 + 1 / rate)
  }

  plannedMs(record: number): number {
    return (record * 1000) / this.plan.rate
  }

  /** Looks on until the last record is durable. @throws ERR_RINGWAL_TIMEOUT */
  private lookOut(log: DurableSight): void {
    const deadline = performance.now() + TAIL_MS_MAX
    while (this.durableRecords < this.plan.records) {
      this.look(log)
      if (performance.now() <= deadline) continue
      const message = `${this.plan.records - this.durableRecords} records were not durable within ${TAIL_MS_MAX} ms`
      throw new RingwalError('ERR_RINGWAL_TIMEOUT', message, { timeoutMs: TAIL_MS_MAX })
    }
  }

  private get durableRecords(): number {
    return this.seen === 0 ? 0 : this.seenRecords[this.seen - 1]!
  }

  private look(log: DurableSight): void {
    if (!this.waitsForDurable || this.firstLsn === 0) return
    const records = Math.min(this.plan.records, log.durableLsn - this.firstLsn + 1)
    if (records <= this.durableRecords) return
    this.seenMs[this.seen] = performance.now() - this.start
    this.seenRecords[this.seen] = records
    this.seen++
  }
}

/** From each record's planned moment until its append had returned. */
export function acceptedAfter(pacer: Pacer): Recording {
  const durations = new Durations()
  for (let i = 0; i < pacer.plan.records; i++) durations.record(pacer.plannedMs(i), pacer.acceptedMs[i]!)
  return durations.recording()
}

/** From each record's planned moment until it was seen durable. */
export function durableAfter(pacer: Pacer): Recording {
  const durations = new Durations()
  let record = 0
  for (let look = 0; look < pacer.seen; look++) {
    const at = pacer.seenMs[look]!
    for (; record < pacer.seenRecords[look]!; record++) durations.record(pacer.plannedMs(record), at)
  }
  return durations.recording()
}
