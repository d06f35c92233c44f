import { describe, expect, it } from 'vitest'
import { LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

/** What the log last published, as every call of the disk begins. */
function watchDurable(log: LogHarness, disk: SimulatedDisk): { before: number[] } {
  const watch = { before: [] as number[] }
  while (watch.before.length < disk.calls.length) watch.before.push(0)
  disk.faults = { onCall: () => void watch.before.push(log.durable) }
  return watch
}

describe.each(['always', 'interval', 'never'] as const)('under %s, the durable LSN', (policy) => {
  it('rises only when a sync of data that began after the write has returned', () => {
    const random = new SeededRandom(11)
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy, segmentBytes: 16384, everyMs: 20 })
    const watch = watchDurable(log, disk)
    const rises: number[] = []
    for (let round = 0; round < 400; round++) {
      const before = log.durable
      if (random.chance(0.6)) log.appender.appendBytes(payload(random.below(900), round))
      if (random.chance(0.1)) log.control.requestFlush(log.appender.lastLsn)
      const calls = disk.calls.length
      log.step()
      log.clock.advance(random.below(8))
      if (log.durable === before) continue
      rises.push(log.durable)
      const step = disk.calls.slice(calls)
      const lastWrite = step.findLastIndex(({ operation }) => operation === 'write')
      const sync = step.findIndex(({ operation }, i) => operation === 'syncData' && i > lastWrite)
      const during = watch.before.slice(calls, calls + Math.max(sync, 0) + 1)
      // A rotation inside the step syncs the old segment, and may publish that, before the new one is written to.
      if (sync < 0) expect(step.some(({ operation }) => operation === 'syncData')).toBe(true)
      else expect(during.every((durable) => durable < log.durable)).toBe(true)
    }
    expect(rises.length).toBeGreaterThan(10)
    expect(rises).toEqual(rises.toSorted((a, b) => a - b))
  })
})

describe('a record', () => {
  it('is not durable while its sync runs, and is when the sync has returned', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'always' })
    const seen: number[] = []
    disk.faults = {
      onCall: (operation) => {
        if (operation === 'write' || operation === 'syncData') seen.push(log.durable)
        return undefined
      },
    }
    log.appender.appendBytes(payload(10, 1))
    log.settle()
    expect(seen.every((durable) => durable === 0)).toBe(true)
    expect(log.durable).toBe(1)
  })

  it('resolves its promise only then', async () => {
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
