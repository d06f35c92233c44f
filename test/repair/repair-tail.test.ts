import { describe, expect, it } from 'vitest'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, range, readLsns } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { OUT, recordsIn, repairOn, verifyOn } from './repair-kit.ts'

/** Three records that a mark proves durable, then a batch of three and one record more, and no mark behind them. */
function openLog(): SimulatedDisk {
  const disk = new SimulatedDisk()
  const log = LogHarness.open(disk, { ...SMALL, segmentBytes: 16384 })
  for (const stamp of [1, 2, 3]) {
    log.appender.appendBytes(payload(100, stamp))
    log.settle()
  }
  log.pass(100)
  const batch = [4, 5, 6].map((stamp) => ({ bytes: payload(100, stamp) }))
  log.appender.appendBytesBatch(batch)
  log.appender.appendBytes(payload(100, 7))
  log.step()
  const after = log.disk.processDeath()
  after.sync()
  return after
}

describe('a torn tail', () => {
  it('is cut, and told as cut, not as lost', async () => {
    const disk = openLog()
    disk.flipBit(pathOf(1), recordIn(disk, 1, 7).offset + 50, 1)
    const before = verifyOn(disk, LOG_DIR)
    expect(before.tornTail).toMatchObject({ fromLsn: 7, records: 0 })
    const report = await repairOn(disk)
    expect(report).toMatchObject({ clean: true, recordsKept: 6, recordsLost: 0, recordsCut: 0, lost: [] })
    expect(report.tornBytes).toBeGreaterThan(0)
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 6, lastLsn: 6, tornTail: null })
  })

  it('that has records which verify makes the result less than clean', async () => {
    const disk = openLog()
    disk.flipBit(pathOf(1), recordIn(disk, 1, 4).offset + 50, 1)
    const report = await repairOn(disk)
    expect(report).toMatchObject({ clean: false, recordsKept: 3, recordsLost: 0, recordsCut: 3, cutFrom: 4 })
    expect(readLsns(disk)).toEqual([1, 2, 3])
    expect(recordsIn(disk, OUT)).toEqual(recordsIn(disk, LOG_DIR))
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, lastLsn: 3, tornTail: null })
  })

  it('takes an unfinished batch with it', async () => {
    const disk = openLog()
    const { offset } = recordIn(disk, 1, 6)
    edit(disk, pathOf(1), (bytes) => bytes.slice(0, offset))
    const report = await repairOn(disk)
    expect(report).toMatchObject({ recordsKept: 3, recordsCut: 2, cutFrom: 4 })
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 3, lastLsn: 3, tornTail: null })
  })

  it('behind damage that was acknowledged is cut there, and the damage is lost', async () => {
    const disk = openLog()
    disk.flipBit(pathOf(1), recordIn(disk, 1, 2).offset + 50, 1)
    disk.flipBit(pathOf(1), recordIn(disk, 1, 7).offset + 50, 1)
    const report = await repairOn(disk)
    expect(report).toMatchObject({ recordsKept: 5, recordsLost: 1, recordsCut: 0 })
    expect(report.lost).toMatchObject([{ from: 2, to: 2, acknowledged: true }])
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 5, lastLsn: 6, tornTail: null })
  })

  it('of a log with more segments leaves the others alone', async () => {
    const disk = logOf(14, 'dead')
    const { offset } = framesIn(disk, 4).at(-1)!
    edit(disk, pathOf(4), (bytes) => void bytes.fill(9, offset + 100, offset + 200))
    const before = recordsIn(disk, LOG_DIR)
    await repairOn(disk)
    expect(recordsIn(disk, OUT)).toEqual(before)
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, tornTail: null, records: before.length })
    expect(before.length).toBe(range(1, 13).length)
  })
})
