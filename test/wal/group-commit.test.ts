import { describe, expect, it } from 'vitest'
import { type HarnessSettings, LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

const SYNC_MS = 8

/** A log whose disk takes 8 ms for each sync of data. */
function openLog(settings: HarnessSettings, duringSync: (log: LogHarness) => void = () => {}): LogHarness {
  const disk = new SimulatedDisk()
  const log = LogHarness.open(disk, settings)
  const sync = disk.syncData.bind(disk)
  disk.syncData = (file): void => {
    sync(file)
    duringSync(log)
    log.clock.advance(SYNC_MS)
  }
  return log
}

/** Appends records of 100 bytes and takes one step. @returns the LSN then durable */
function appendAndStep(log: LogHarness, records: number): number {
  for (let i = 0; i < records; i++) log.appender.appendBytes(payload(100, i))
  log.step()
  return log.durable
}

describe('under always, after a group of many', () => {
  it('the first that come back wait for the others', () => {
    const log = openLog({ policy: 'always' })
    expect(appendAndStep(log, 5)).toBe(5)
    expect(appendAndStep(log, 1)).toBe(5)
    log.clock.advance(SYNC_MS / 4)
    expect(appendAndStep(log, 3)).toBe(5)
    expect(appendAndStep(log, 1)).toBe(10)
    // The second group was written with a mark, which nobody who comes back brings along.
    expect(appendAndStep(log, 4)).toBe(10)
    expect(appendAndStep(log, 1)).toBe(15)
  })

  it('two groups do not take turns, but become one', () => {
    let late = 4
    const log = openLog({ policy: 'always' }, ({ appender }) => {
      for (; late > 0; late--) appender.appendBytes(payload(100, late))
    })
    expect(appendAndStep(log, 5)).toBe(5)
    expect(appendAndStep(log, 4), '8 of 9 are there').toBe(5)
    expect(appendAndStep(log, 1)).toBe(14)
  })

  it('but for half the time of a sync at most', () => {
    const log = openLog({ policy: 'always' })
    appendAndStep(log, 5)
    expect(appendAndStep(log, 1)).toBe(5)
    log.clock.advance(SYNC_MS / 2 - 1)
    expect(log.step()).toBe(false)
    log.clock.advance(1)
    expect(log.step()).toBe(true)
    expect(log.durable).toBe(6)
  })

  it('a single one waits no more once two groups were small', () => {
    const log = openLog({ policy: 'always' })
    appendAndStep(log, 5)
    for (const lsn of [6, 7]) {
      expect(appendAndStep(log, 1)).toBe(lsn - 1)
      log.clock.advance(SYNC_MS)
      log.step()
    }
    expect(appendAndStep(log, 1)).toBe(8)
  })

  it('nobody waits behind a group that was worth its sync', () => {
    const log = openLog({ policy: 'always', ringBytes: 1 << 20, segmentBytes: 1 << 20 })
    expect(appendAndStep(log, 1000)).toBe(1000)
    expect(appendAndStep(log, 1)).toBe(1001)
  })
})

describe('nothing waits', () => {
  it('where few wait', () => {
    const log = openLog({ policy: 'always' })
    for (let lsn = 1; lsn < 20; lsn++) expect(appendAndStep(log, 1)).toBe(lsn)
  })

  it('to be written, under interval', () => {
    const log = openLog({ policy: 'interval' })
    appendAndStep(log, 5)
    log.flush()
    expect(log.durable).toBe(5)
    appendAndStep(log, 1)
    expect(log.control.counts.readCounts().records).toBe(6)
  })
})

describe('under interval', () => {
  it('a sync comes early when half a ring, and at least 4 MiB, is unsynced', () => {
    const log = openLog({ policy: 'interval', ringBytes: 1 << 20, segmentBytes: 16 << 20 })
    const record = payload(1 << 16, 1)
    let records = 0
    for (; log.durable === 0 && records < 1000; records++) {
      log.appender.appendBytes(record)
      log.step()
    }
    expect(log.durable).toBe(records)
    expect(records).toBe(64)
    expect(log.clock.ms).toBeLessThan(100)
  })
})
