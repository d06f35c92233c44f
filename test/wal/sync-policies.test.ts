import { describe, expect, it } from 'vitest'
import { type HarnessSettings, LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { LOOKS } from '../support/simulated-disk-calls.ts'

/** A log with its first segment begun, and the words for the changes that its next steps make. */
function openLog(settings: HarnessSettings): { log: LogHarness; calls: () => string[] } {
  const disk = new SimulatedDisk()
  const log = LogHarness.open(disk, settings)
  log.appender.appendBytes(payload(8, 0))
  log.flush()
  log.pass(10)
  log.pass(1000)
  let seen = disk.calls.length
  const calls = (): string[] => {
    const words = disk.calls.slice(seen).map(({ operation }) => operation)
    const changes = words.filter((operation) => !LOOKS.includes(operation))
    seen = disk.calls.length
    return changes
  }
  return { log, calls }
}

describe('sync policy always', () => {
  it('syncs each batch before the next is taken', () => {
    const { log, calls } = openLog({ policy: 'always' })
    for (let batch = 0; batch < 3; batch++) {
      log.appender.appendBytes(payload(100, batch))
      log.appender.appendBytes(payload(50, batch))
      log.step()
      expect(calls()).toEqual(['write', 'syncData'])
      expect(log.durable).toBe(log.appender.lastLsn)
    }
  })
})

describe('sync policy interval', () => {
  it('syncs everyMs after the first unsynced write, not after the last', () => {
    const { log, calls } = openLog({ policy: 'interval', everyMs: 100 })
    for (let ms = 0; ms < 99; ms += 33) {
      log.appender.appendBytes(payload(100, ms))
      log.settle()
      log.clock.advance(33)
    }
    expect(calls()).toEqual(['write', 'write', 'write'])
    log.pass(0)
    expect(calls()).toEqual([])
    log.pass(1)
    expect(calls()).toEqual(['syncData'])
    expect(log.durable).toBe(log.appender.lastLsn)
  })

  it('syncs also when appends stop: the tail of a burst is not left behind', () => {
    const { log, calls } = openLog({ policy: 'interval', everyMs: 100 })
    log.appender.appendBytes(payload(100, 1))
    log.settle()
    expect(log.writer.restMs).toBe(100)
    log.clock.advance(60)
    expect(log.writer.restMs).toBe(40)
    log.pass(40)
    expect(calls()).toEqual(['write', 'syncData'])
  })

  it('counts anew from the first write after a sync', () => {
    const { log, calls } = openLog({ policy: 'interval', everyMs: 100 })
    log.appender.appendBytes(payload(100, 1))
    log.pass(0)
    log.pass(100)
    log.clock.advance(90)
    log.appender.appendBytes(payload(100, 2))
    log.settle()
    calls()
    log.pass(99)
    expect(calls()).toEqual([])
    log.pass(1)
    expect(calls()).toEqual(['syncData'])
  })

  it('syncs at once when a flush is asked for', () => {
    const { log, calls } = openLog({ policy: 'interval', everyMs: 100 })
    log.appender.appendBytes(payload(100, 1))
    log.flush()
    expect(calls()).toEqual(['write', 'syncData'])
    expect(log.durable).toBe(2)
  })
})

describe('sync policy never', () => {
  it('makes nothing durable however long it takes, until a flush', () => {
    const { log, calls } = openLog({ policy: 'never' })
    for (let i = 0; i < 20; i++) {
      log.appender.appendBytes(payload(100, i))
      log.pass(1_000_000)
    }
    expect(log.durable).toBe(1)
    expect(log.writer.restMs).toBe(Number.POSITIVE_INFINITY)
    expect(new Set(calls())).toEqual(new Set(['write']))
    log.flush()
    expect(calls()).toEqual(['syncData'])
    expect(log.durable).toBe(21)
  })

  it('makes a backlog of several batches durable by one sync when it is flushed', () => {
    const { log, calls } = openLog({ policy: 'never', ringBytes: 1 << 22, segmentBytes: 1 << 23 })
    for (let i = 0; i < 30; i++) log.appender.appendBytes(payload(1e5, i))
    log.flush()
    const words = calls()
    expect(words.filter((word) => word === 'write').length).toBeGreaterThan(2)
    expect(words.filter((word) => word === 'syncData')).toHaveLength(1)
    expect(log.durable).toBe(31)
  })

  it('makes all durable on close', () => {
    const { log } = openLog({ policy: 'never' })
    log.appender.appendBytes(payload(100, 1))
    log.close()
    expect(log.durable).toBe(2)
  })
})

describe('a batch', () => {
  it('is everything that is published, in one write', () => {
    const { log, calls } = openLog({ policy: 'never' })
    for (let i = 0; i < 50; i++) log.appender.appendBytes(payload(i, i))
    log.appender.appendBytesBatch([{ bytes: payload(3, 1) }, { bytes: payload(4, 1) }])
    log.step()
    expect(calls()).toEqual(['write'])
    expect(log.control.counts.readCounts()).toMatchObject({ batches: 2, records: 53 })
  })
})
