import { describe, expect, it } from 'vitest'
import { LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

describe('promises of durability', () => {
  it('resolve in the order of their LSNs, in whatever order they were made', async () => {
    const log = LogHarness.open(new SimulatedDisk(), { policy: 'never' })
    const settled: number[] = []
    const waits = [3, 1, 5, 2, 4, 3].map((lsn) => log.appender.durable(lsn).then(() => settled.push(lsn)))
    const expected: number[] = []
    for (let lsn = 1; lsn <= 5; lsn++) {
      log.appender.appendBytes(payload(10, lsn))
      log.flush()
      expected.push(...(lsn === 3 ? [3, 3] : [lsn]))
      await expect.poll(() => settled).toEqual(expected)
    }
    await Promise.all(waits)
  })
})

describe('who waits for durability', () => {
  it('is told ERR_RINGWAL_POISONED, but for what was durable before', async () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'never' })
    const early = log.appender.durable(log.appender.appendBytes(payload(9, 1)))
    log.flush()
    const late = [2, 3].map((stamp) => log.appender.durable(log.appender.appendBytes(payload(9, stamp))))
    const flush = log.appender.flush()
    disk.faults = { onCall: (operation) => (operation === 'syncData' ? { errno: 'EIO' } : undefined) }
    log.settle()
    await early
    const facts = { code: 'ERR_RINGWAL_POISONED', errnoName: 'EIO', operation: 'fdatasync', durableLsn: 1 }
    for (const promise of [...late, flush]) await expect(promise).rejects.toMatchObject(facts)
    await expect(log.appender.durable(1)).resolves.toBeUndefined()
    expect(() => log.appender.waitDurable(2, 1000)).toThrow(expect.objectContaining(facts))
    const syncs = disk.calls.filter((call) => call.operation === 'syncData').length
    for (let i = 0; i < 5; i++) log.pass(1000)
    expect(disk.calls.filter((call) => call.operation === 'syncData')).toHaveLength(syncs)
  })
})
