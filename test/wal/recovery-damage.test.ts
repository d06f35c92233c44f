/** Rule R13: a bad place below what a later frame proves durable is damage; above the last proof it is a torn tail. */
import { describe, expect, it } from 'vitest'
import { frameBytes, KIND_SYNC_MARK } from '../../src/format/index.ts'
import { someRecords } from '../format/segment-bytes.ts'
import { diskOf, segmentFile } from '../repair/repair-kit.ts'
import { LogHarness, recover } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, readLsns, thrownBy } from '../support/log-records.ts'

describe('a flipped bit in a record below a later mark', () => {
  it.each([0, 8, 12, 16, 40, 500, 939])('at byte %i of its frame refuses to open, and says where', (byte) => {
    const disk = logOf(3, 'dead')
    const { offset } = recordIn(disk, 1, 2)
    disk.flipBit(pathOf(1), offset + byte, 3)
    expect(thrownBy(() => recover(disk))).toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      file: '00000000000000000001.rwal',
      offset,
      lostFrom: 2,
      lostTo: 2,
      command: 'ringwal verify /wal',
    })
  })

  it('is opened over with skip-damaged, which reports it and goes on behind the last record', () => {
    const disk = logOf(3, 'dead')
    const { offset } = recordIn(disk, 1, 2)
    disk.flipBit(pathOf(1), offset + 100, 3)
    const log = LogHarness.open(disk, { ...SMALL, recover: 'skip-damaged' })
    const lost = { segment: '00000000000000000001.rwal', offset, lostFrom: 2, lostTo: 2 }
    expect(log.recovered.report.damage).toEqual([expect.objectContaining(lost)])
    expect(log.appender.appendBytes(payload(5, 5))).toBe(4)
    log.close()
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual([1, 3, 4])
    expect(thrownBy(() => readLsns(disk))).toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      offset,
      lostFrom: 2,
      lostTo: 2,
    })
  })
})

describe('a flipped bit in any record of a sealed segment', () => {
  it('is damage, also in its last record, which only the next header proves', () => {
    for (const lsn of [1, 2, 3, 4]) {
      const disk = logOf(6, 'dead')
      const { offset } = recordIn(disk, 1, lsn)
      disk.flipBit(pathOf(1), offset + 200, 0)
      expect(thrownBy(() => recover(disk))).toMatchObject({
        code: 'ERR_RINGWAL_DAMAGED',
        offset,
        lostFrom: lsn,
        lostTo: lsn,
      })
    }
  })

  it('is found only as far back as verifyBytes reach', () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), recordIn(disk, 2, 6).offset + 200, 0)
    expect(recover(disk, { verifyBytes: 8192 }).report).toMatchObject({ lastLsn: 14, damage: [] })
    expect(thrownBy(() => recover(disk, { verifyBytes: 4 * 8192 }))).toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      lostFrom: 6,
    })
  })
})

describe('without verifyBytes', () => {
  it('only the last segment is checked behind a clean close', () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), recordIn(disk, 2, 6).offset + 200, 0)
    expect(recover(disk, { verifyBytes: undefined }).report).toMatchObject({
      clean: true,
      lastLsn: 14,
      damage: [],
      recordsChecked: 2,
    })
  })

  it('the newest 256 MiB are checked after a crash', () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), recordIn(disk, 2, 6).offset + 200, 0)
    const log = LogHarness.open(disk, { verifyBytes: 0 })
    log.appender.appendBytes(payload(8, 0))
    log.flush()
    expect(thrownBy(() => recover(disk, { verifyBytes: undefined }))).toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      lostFrom: 6,
    })
  })
})

describe('a flipped bit in the last record', () => {
  it('under an end frame is damage', () => {
    const disk = logOf(2)
    const { offset } = recordIn(disk, 1, 2)
    disk.flipBit(pathOf(1), offset + 30, 0)
    expect(thrownBy(() => recover(disk))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', offset, lostFrom: 2, lostTo: 2 })
  })

  it('that no frame proves durable is a torn tail: cut, and told', () => {
    const disk = logOf(3, 'dead')
    const { offset, length } = recordIn(disk, 1, 3)
    edit(disk, pathOf(1), (bytes) => bytes.subarray(0, offset + frameBytes(length)))
    disk.flipBit(pathOf(1), offset + 30, 0)
    const { report, resume } = recover(disk)
    const mark = framesIn(disk, 1).findLast(({ kind }) => kind === 2)
    expect(report).toMatchObject({ damage: [], lastLsn: 2, provenLsn: 2, clean: false })
    expect(report.tornTail).toEqual({
      segment: '00000000000000000001.rwal',
      offset,
      bytes: disk.readFile(pathOf(1)).length - offset,
      class: 'torn-tail',
      records: 0,
      fromLsn: 3,
      acknowledged: false,
      stale: false,
      singleBit: { offset: offset + 30, bit: 0 },
    })
    expect(resume.previous).toEqual({ lastLsn: 2, endOffset: offset, lastCheck: mark?.check })
  })
})

describe('a torn tail', () => {
  it('counts the records in it that verify by themselves', () => {
    const disk = logOf(0, 'dead')
    const log = LogHarness.open(disk, { ...SMALL, policy: 'never' })
    for (let i = 0; i < 4; i++) {
      log.appender.appendBytes(payload(100, i))
      log.settle()
    }
    disk.flipBit(pathOf(1), recordIn(disk, 1, 2).offset + 50, 0)
    const { report } = recover(disk.processDeath())
    expect(report).toMatchObject({ lastLsn: 1, recordsChecked: 1, tornTail: { records: 2, fromLsn: 2 } })
  })

  it('cuts an atomic batch of which a part is torn as a whole', () => {
    const disk = logOf(0, 'dead')
    const log = LogHarness.open(disk, { ...SMALL, policy: 'never' })
    log.appender.appendBytes(payload(100, 1))
    log.appender.appendBytesBatch([2, 3, 4].map((stamp) => ({ bytes: payload(100, stamp) })))
    log.settle()
    disk.flipBit(pathOf(1), recordIn(disk, 1, 4).offset + 50, 0)
    const { report } = recover(disk.processDeath())
    expect(report).toMatchObject({ lastLsn: 1, recordsChecked: 1, tornTail: { records: 2, fromLsn: 2 } })
    expect(report.tornTail?.offset).toBe(recordIn(disk, 1, 2).offset)
  })

  it('cuts an atomic batch whose last records were never written', () => {
    const disk = logOf(0, 'dead')
    const log = LogHarness.open(disk, { ...SMALL, policy: 'never' })
    log.appender.appendBytes(payload(100, 1))
    log.appender.appendBytesBatch([2, 3, 4].map((stamp) => ({ bytes: payload(100, stamp) })))
    log.settle()
    const { offset } = recordIn(disk, 1, 4)
    edit(disk, pathOf(1), (bytes) => bytes.subarray(0, offset))
    const { report } = recover(disk)
    expect(report).toMatchObject({ lastLsn: 1, recordsChecked: 1, tornTail: { records: 2, fromLsn: 2 } })
  })

  it('with a mark in the middle of a batch, which no writer writes, takes none of the LSNs that it proves', () => {
    const [one, two] = someRecords(1, 2)
    const mark = { kind: KIND_SYNC_MARK, lsn: 2 }
    const disk = diskOf(segmentFile([one!, { ...two!, continuesBatch: true }, mark]))
    const { report, resume } = recover(disk)
    expect(report.tornTail).toMatchObject({ records: 1 })
    expect(resume.nextLsn).toBe(3)
  })

  it('is never appended to: the next record goes into a new segment, and no byte of the old one is changed', () => {
    const disk = logOf(3, 'dead')
    edit(disk, pathOf(1), (bytes) => bytes.subarray(0, recordIn(disk, 1, 3).offset + 300))
    const before = disk.readFile(pathOf(1))
    const log = LogHarness.open(disk, SMALL)
    expect(log.appender.appendBytes(payload(70, 70))).toBe(3)
    log.close()
    expect(Buffer.compare(disk.readFile(pathOf(1)), before)).toBe(0)
    expect(readLsns(disk)).toEqual([1, 2, 3])
    expect(recordIn(disk, 2, 3).length).toBe(70)
    expect(recover(disk).report).toMatchObject({ lastLsn: 3, damage: [], tornTail: null, clean: true })
  })
})
