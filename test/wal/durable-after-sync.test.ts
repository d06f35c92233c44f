import { describe, expect, it } from 'vitest'
import { LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { LOOKS } from '../support/simulated-disk-calls.ts'

/** One change to the disk, with what was written and what was said to be durable as it began. */
interface Moment {
  readonly operation: string
  readonly written: number
  readonly durable: number
}

function watch(log: LogHarness): Moment[] {
  const moments: Moment[] = []
  log.disk.faults = {
    onCall: (operation) => {
      if (LOOKS.includes(operation)) return undefined
      moments.push({ operation, written: log.control.counts.readCounts().records, durable: log.durable })
      return undefined
    },
  }
  return moments
}

describe.each(['always', 'interval', 'never'] as const)('under %s, the durable LSN', (policy) => {
  it('rises only by a sync of data, to no more than was written when that began', () => {
    const random = new SeededRandom(11)
    const log = LogHarness.open(new SimulatedDisk(), { policy, segmentBytes: 16384, everyMs: 20 })
    const moments = watch(log)
    for (let round = 0; round < 500; round++) {
      if (random.chance(0.6)) log.appender.appendBytes(payload(random.below(900), round))
      if (random.chance(0.1)) log.control.requestFlush(log.appender.lastLsn)
      log.step()
      log.clock.advance(random.below(8))
    }
    moments.push({ operation: 'the end', written: 0, durable: log.durable })
    let rises = 0
    for (const [i, { durable }] of moments.entries()) {
      const before = moments[i - 1]
      if (before === undefined || durable === before.durable) continue
      rises++
      expect(before.operation).toBe('syncData')
      expect(durable).toBeGreaterThan(before.durable)
      expect(durable).toBeLessThanOrEqual(before.written)
    }
    expect(rises).toBeGreaterThan(10)
  })
})

describe('a record', () => {
  it('is not durable while it is written nor while its sync runs', () => {
    const log = LogHarness.open(new SimulatedDisk(), { policy: 'always' })
    const moments = watch(log)
    log.appender.appendBytes(payload(10, 1))
    log.settle()
    expect(moments.map(({ durable }) => durable)).toEqual(moments.map(() => 0))
    expect(log.durable).toBe(1)
  })

  it('resolves its promise only when it is durable', async () => {
    const log = LogHarness.open(new SimulatedDisk(), { policy: 'interval', everyMs: 100 })
    let resolved = false
    const promise = log.appender.durable(log.appender.appendBytes(payload(10, 1))).then(() => {
      resolved = true
    })
    log.settle()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(resolved).toBe(false)
    log.pass(100)
    await promise
    expect(log.durable).toBe(1)
  })
})
