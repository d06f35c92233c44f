import { describe, expect, it, vi } from 'vitest'
import { acceptedAfter, durableAfter, Pacer } from '../../bench/measure/pacer.ts'
import type { Distribution } from '../../bench/result.ts'
import { distributionOf } from '../../bench/statistics.ts'

const TURN_MS = 0.001

/** A log in a world where every look at the clock takes a microsecond, and nothing else takes any time. */
class TimedLog {
  now = 100
  lastLsn = 41
  durableLsn = 41
  /** Milliseconds that one append takes. */
  readonly stalls = new Map<number, number>()
  /** LSNs become durable so many milliseconds after a multiple of it. */
  readonly syncEveryMs: number
  private lastSync = 100

  constructor(syncEveryMs: number) {
    this.syncEveryMs = syncEveryMs
    vi.spyOn(performance, 'now').mockImplementation(() => this.tick())
  }

  append(): number {
    this.lastLsn++
    this.now += this.stalls.get(this.lastLsn - 41) ?? 0
    return this.lastLsn
  }

  private tick(): number {
    this.now += TURN_MS
    if (this.now - this.lastSync >= this.syncEveryMs) {
      this.lastSync = this.now
      this.durableLsn = this.lastLsn
    }
    return this.now
  }
}

interface Paced {
  readonly pacer: Pacer
  readonly accepted: Distribution
  readonly durable: Distribution
}

function pace(log: TimedLog, rate: number, records: number, waitsForDurable = true): Paced {
  const pacer = new Pacer({ rate, records }, waitsForDurable)
  try {
    pacer.run(() => log.append(), log)
  } finally {
    vi.restoreAllMocks()
  }
  const accepted = distributionOf([acceptedAfter(pacer)])
  return { pacer, accepted, durable: distributionOf([durableAfter(pacer)]) }
}

describe('an open loop', () => {
  it('appends every planned record at its moment, and no other', () => {
    const log = new TimedLog(1)
    const { pacer, accepted, durable } = pace(log, 10_000, 1000)
    expect(log.lastLsn).toBe(41 + 1000)
    expect([accepted.samples, durable.samples]).toEqual([1000, 1000])
    expect(pacer.achieved).toBeCloseTo(10_000, -2)
    for (let i = 0; i < 1000; i++) expect(pacer.acceptedMs[i]! - i / 10).toBeLessThan(4 * TURN_MS)
    expect(accepted.max).toBeLessThan(4000)
  })

  it('counts what a stall delays for every record that it delays, from the moment that was planned', () => {
    const log = new TimedLog(1)
    log.stalls.set(500, 50)
    const { pacer, accepted } = pace(log, 10_000, 2000)
    // In 50 ms 500 records were planned: they waited from 50 ms down to nothing, not one of them alone.
    const late = [...pacer.acceptedMs].filter((ms, i) => ms - i / 10 > 0.1).length
    expect(late).toBeGreaterThan(490)
    expect(late).toBeLessThan(520)
    expect(accepted.max).toBeGreaterThan(49.9e6)
    expect(accepted.p99!.median).toBeGreaterThan(45e6)
    expect(pacer.achieved).toBeCloseTo(10_000, -2)
  })

  it('says how many it did when the log can not keep up', () => {
    const log = new TimedLog(1)
    for (let i = 1; i <= 100; i++) log.stalls.set(i, 1)
    const { pacer, accepted } = pace(log, 10_000, 100)
    expect(pacer.achieved).toBeGreaterThan(950)
    expect(pacer.achieved).toBeLessThan(1010)
    expect(accepted.max).toBeGreaterThan(89e6)
  })

  it('counts a record durable when a look first sees it so, also behind the last append', () => {
    const { pacer, durable } = pace(new TimedLog(20), 1000, 200)
    expect(durable.samples).toBe(200)
    // Planned evenly between two syncs: from 0 to 20 ms, in the mean 10.
    expect(durable.max).toBeGreaterThan(19.8e6)
    expect(durable.max).toBeLessThan(21.5e6)
    expect(durable.p50!.median).toBeGreaterThan(8.9e6)
    expect(durable.p50!.median).toBeLessThan(11.1e6)
    expect(pacer.seenRecords[pacer.seen - 1]).toBe(200)
  })

  it('looks at nothing where nothing becomes durable by itself', () => {
    const { durable, accepted } = pace(new TimedLog(Number.POSITIVE_INFINITY), 1000, 50, false)
    expect([accepted.samples, durable.samples]).toEqual([50, 0])
  })
})
