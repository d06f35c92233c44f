import { describe, expect, it } from 'vitest'
import {
  decodeHeaderPage,
  HEADER_PAGE_BYTES,
  KIND_END,
  KIND_RECORD,
  KIND_TOMBSTONE,
  segmentName,
  TOMBSTONE_ABANDONED,
  TOMBSTONE_LOST,
} from '../../src/format/index.ts'
import { frameOf, someRecords, u64Payload } from '../format/segment-bytes.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { edit, pathOf } from '../support/log-images.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { diskOf, framesOfSegment, OUT, recordsIn, repairOn, segmentFile, segmentsIn, verifyOn } from './repair-kit.ts'

const MAX = Number.MAX_SAFE_INTEGER
const END = { kind: KIND_END }

describe('LSNs that are far apart', () => {
  it('cost one tombstone, however many there are', async () => {
    const far = { kind: KIND_RECORD, lsn: MAX - 1, payload: new Uint8Array(8) }
    const disk = diskOf(segmentFile([...someRecords(1, 3), far, { ...END, lsn: MAX - 1 }]))
    const report = await repairOn(disk)
    expect(framesOfSegment(disk, 1).slice(3)).toEqual([`lost 4-${MAX - 2}`, `record ${MAX - 1}`, `end ${MAX - 1}`])
    expect(report).toMatchObject({ recordsKept: 4, recordsLost: MAX - 5, lastLsn: MAX - 1 })
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 4 })
  })

  it('of a tombstone up to the last that there is are kept as they are', async () => {
    const all = { kind: KIND_TOMBSTONE, lsn: 4, type: TOMBSTONE_ABANDONED, payload: u64Payload(MAX) }
    const disk = diskOf(segmentFile([...someRecords(1, 3), all, { ...END, lsn: MAX }]))
    expect(await repairOn(disk)).toMatchObject({ clean: true, recordsKept: 3, recordsLost: 0, lastLsn: MAX })
    expect(segmentsIn(disk, OUT)).toEqual(segmentsIn(disk, LOG_DIR))
  })
})

describe('headers that contradict one another', () => {
  const first = segmentFile([...someRecords(1, 8), { ...END, lsn: 8 }])
  const previous = { lastLsn: 8, endOffset: first.length, lastCheck: 0n }

  it('do not bring an LSN twice', async () => {
    const second = segmentFile([...someRecords(5, 12), { ...END, lsn: 12 }], {
      number: 2,
      firstLsn: 5,
      salt: 99n,
      previous,
    })
    const disk = diskOf(first, second)
    const report = await repairOn(disk)
    expect(report).toMatchObject({ recordsKept: 12, recordsLost: 0, duplicates: 4 })
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 12, lastLsn: 12 })
    expect(framesOfSegment(disk, 2)).toEqual(['record 9', 'record 10', 'record 11', 'record 12', 'end 12'])
  })

  it('split a tombstone that reaches over what is known', async () => {
    const lost = { kind: KIND_TOMBSTONE, lsn: 5, type: TOMBSTONE_LOST, payload: u64Payload(10) }
    const second = segmentFile([lost, ...someRecords(11, 12)], { number: 2, firstLsn: 5, salt: 99n, previous })
    const disk = diskOf(first, second)
    await repairOn(disk)
    expect(framesOfSegment(disk, 2)).toEqual(['lost 9-10', 'record 11', 'record 12', 'end 12'])
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true })
  })

  it('leave a segment out that has nothing new', async () => {
    const second = segmentFile([...someRecords(2, 6), { ...END, lsn: 6 }], {
      number: 2,
      firstLsn: 2,
      salt: 99n,
      previous,
    })
    const third = segmentFile(someRecords(9, 10), {
      ...{ number: 3, firstLsn: 9, salt: 98n },
      previous: { lastLsn: 6, endOffset: second.length, lastCheck: 0n },
    })
    const disk = diskOf(first, second, third)
    const report = await repairOn(disk)
    expect(report).toMatchObject({ recordsKept: 10, duplicates: 5 })
    expect(report.leftOut).toMatchObject([{ file: '00000000000000000002.rwal' }])
    expect([...segmentsIn(disk, OUT).keys()].length).toBe(2)
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 10, lastLsn: 10 })
  })

  it('that tell of ends before the beginning are survived', async () => {
    for (const lastLsn of [0, 3, MAX - 1]) {
      for (const endOffset of [0, 8, 4095, 4097, first.length + 1, MAX]) {
        const disk = diskOf(
          first,
          segmentFile(someRecords(9, 10), {
            number: 2,
            firstLsn: 9,
            salt: 99n,
            previous: { lastLsn, endOffset, lastCheck: 1n },
          }),
        )
        const before = recordsIn(disk, LOG_DIR)
        await repairOn(disk)
        expect(verifyOn(disk, OUT), `${lastLsn} ${endOffset}`).toMatchObject({ ok: true })
        expect(recordsIn(disk, OUT), `${lastLsn} ${endOffset}`).toEqual(before)
      }
    }
  })
})

describe('a segment that ends inside of a batch', () => {
  it('is told of by its successor as it stands', async () => {
    const records = someRecords(1, 4).map((record) => ({ ...record, continuesBatch: true }))
    const first = segmentFile(records)
    const previous = { lastLsn: 4, endOffset: first.length, lastCheck: 7n }
    const disk = diskOf(first, segmentFile(someRecords(5, 6), { number: 2, firstLsn: 5, salt: 99n, previous }))
    await repairOn(disk)
    const last = frameOf(records[3]!)
    const { header } = decodeHeaderPage(
      disk.readFile(`${OUT}/${segmentName(2)}`).subarray(0, HEADER_PAGE_BYTES),
      checker,
    )
    const lastCheck = new DataView(last.buffer).getBigUint64(0, true)
    expect(header!.previous).toEqual({ lastLsn: 4, endOffset: first.length, lastCheck })
  })
})

describe('a log that ends inside of a batch', () => {
  it('is given an end to it, in place of an end frame that comes too early', async () => {
    const records = someRecords(1, 4).map((record) => ({ ...record, continuesBatch: true }))
    // Behind the frame out of its place a reader waits for no batch any more.
    const disk = diskOf(segmentFile([...records, ...someRecords(2, 2), { ...END, lsn: 4 }]))
    const before = recordsIn(disk, LOG_DIR)
    expect(before.length).toBe(4)
    await repairOn(disk)
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 4, tornTail: null })
    expect(recordsIn(disk, OUT)).toEqual(before)
    expect(framesOfSegment(disk, 1).slice(4)).toEqual(['lost 5-5', 'end 5'])
  })
})

describe('a header that allows no payload', () => {
  it('allows the tombstones of the repair', async () => {
    const records = [1, 2, 3, 4].map((lsn) => ({ kind: KIND_RECORD, lsn }))
    const disk = diskOf(segmentFile([...records, { ...END, lsn: 4 }], { payloadMax: 0 }))
    disk.flipBit(pathOf(1), HEADER_PAGE_BYTES + 40 + 20, 1)
    await repairOn(disk)
    expect(framesOfSegment(disk, 1)).toEqual(['record 1', 'lost 2-2', 'record 3', 'record 4', 'end 4'])
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 3 })
  })
})

describe('files of noise', () => {
  it('are no log', async () => {
    const disk = diskOf(new SeededRandom(1).bytes(100_000), new SeededRandom(2).bytes(5000))
    await expect(repairOn(disk)).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    expect(disk.list('/')).toEqual(['wal'])
  })

  it('between segments are lost', async () => {
    const one = segmentFile([...someRecords(1, 3), { ...END, lsn: 3 }])
    const three = segmentFile(someRecords(8, 9), {
      number: 3,
      firstLsn: 8,
      salt: 3n,
      previous: { lastLsn: 7, endOffset: 5000, lastCheck: 1n },
    })
    const disk = diskOf(one, new SeededRandom(1).bytes(9000), three)
    const report = await repairOn(disk)
    expect(report.lost).toMatchObject([{ from: 4, to: 7, acknowledged: true, class: 'segment-header' }])
    expect(report.leftOut).toMatchObject([{ file: '00000000000000000002.rwal' }])
    expect(framesOfSegment(disk, 2)).toEqual(['lost 4-7', 'record 8', 'record 9', 'end 9'])
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, segments: 2 })
  })

  it('before the first segment, or behind the last, are lost, and nobody can tell how much', async () => {
    const disk = diskOf(
      new SeededRandom(1).bytes(9000),
      segmentFile(someRecords(8, 9), { number: 2, firstLsn: 8 }),
      new SeededRandom(2).bytes(9000),
    )
    const report = await repairOn(disk)
    expect(report).toMatchObject({ clean: false, recordsKept: 2, recordsLost: 7, lostMayBeMore: true, firstLsn: 1 })
    expect(report.lost).toMatchObject([
      { from: 1, to: 7, acknowledged: true },
      { from: 10, to: 0, acknowledged: false },
    ])
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true })
  })

  it('have as many damaged places as they like: no more than 10,000 are told', async () => {
    const frames = someRecords(1, 24_000, 1, 0)
    const disk = diskOf(segmentFile([...frames, { ...END, lsn: 24_000 }]))
    edit(disk, pathOf(1), (bytes) => {
      for (let i = 0; i < 24_000; i += 2) bytes[HEADER_PAGE_BYTES + 40 * i]! ^= 0xff
      return undefined
    })
    const report = await repairOn(disk)
    expect(report).toMatchObject({ recordsKept: 12_000, recordsLost: 12_000, lostOmitted: 2000 })
    expect(report.lost.length).toBe(10_000)
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 12_000 })
  })
})
