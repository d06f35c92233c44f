import { describe, expect, it } from 'vitest'
import { KIND_NOTE, NOTE_RESTORED, readFrame } from '../../src/format/index.ts'
import { sampleLog } from '../damage/sample-log.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { framesIn, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { framesOfSegment, OUT, recordsIn, repairOn, segmentsIn, verifyOn } from './repair-kit.ts'

const FIX = { output: OUT, fixSingleBit: true }

describe('a record with one flipped bit', () => {
  it('is restored, with a note before it that says which', async () => {
    const disk = logOf(14)
    const records = recordsIn(disk, LOG_DIR)
    const { offset } = recordIn(disk, 2, 6)
    disk.flipBit(pathOf(2), offset + 200, 5)
    const report = await repairOn(disk, FIX)
    expect(report).toMatchObject({ clean: true, recordsKept: 14, recordsRestored: 1, recordsLost: 0 })
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 14 })
    expect(recordsIn(disk, OUT)).toEqual(records)
    expect(framesOfSegment(disk, 2).slice(1, 5)).toEqual(['mark 5', 'note 6', 'record 6', 'mark 6'])
    const bytes = disk.readFile(`${OUT}/00000000000000000002.rwal`)
    const view = new DataView(bytes.buffer)
    expect(readFrame(view, offset)).toMatchObject({ kind: KIND_NOTE, type: NOTE_RESTORED, lsn: 6, length: 12 })
    expect([view.getBigUint64(offset + 40, true), view.getUint32(offset + 48, true)]).toEqual([BigInt(offset + 200), 5])
  })

  it('is lost where nobody asked to restore it', async () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), recordIn(disk, 2, 6).offset + 200, 5)
    expect(await repairOn(disk)).toMatchObject({ recordsKept: 13, recordsRestored: 0, recordsLost: 1 })
  })

  it('is restored whichever bit it is', async () => {
    const log = sampleLog('closed')
    const [one, two] = log.segments
    const frame = two!.frames.find(({ kind, bytes }) => kind === 1 && bytes > 64)!
    for (let bit = 0; bit < 8 * frame.bytes; bit += 5) {
      const disk = new SimulatedDisk({ recordCalls: false })
      for (const { path, bytes } of [one!, two!]) disk.writeFile(path, bytes)
      const records = recordsIn(disk, LOG_DIR)
      disk.flipBit(two!.path, frame.offset + (bit >> 3), bit & 7)
      const report = await repairOn(disk, FIX)
      expect(report, `bit ${bit}`).toMatchObject({ clean: true, recordsRestored: 1 })
      expect(recordsIn(disk, OUT), `bit ${bit}`).toEqual(records)
    }
  })

  it('is restored beside others, frame by frame', async () => {
    const disk = logOf(14)
    const records = recordsIn(disk, LOG_DIR)
    for (const lsn of [5, 6, 7]) disk.flipBit(pathOf(2), recordIn(disk, 2, lsn).offset + 100 + lsn, 1)
    const report = await repairOn(disk, FIX)
    expect(report).toMatchObject({ recordsRestored: 3, recordsLost: 0 })
    expect(recordsIn(disk, OUT)).toEqual(records)
    await repairOn(disk, { output: '/again', fixSingleBit: true }, OUT)
    expect(segmentsIn(disk, '/again')).toEqual(segmentsIn(disk, OUT))
  })

  it('is restored behind one that can not be', async () => {
    const disk = logOf(14)
    for (const at of [100, 200]) disk.flipBit(pathOf(2), recordIn(disk, 2, 6).offset + at, 1)
    disk.flipBit(pathOf(2), recordIn(disk, 2, 7).offset + 100, 1)
    const report = await repairOn(disk, FIX)
    expect(report).toMatchObject({ recordsRestored: 1, recordsLost: 1 })
    expect(report.lost).toMatchObject([{ from: 6, to: 6 }])
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 13 })
  })

  it('at the end of an open log is restored, and the log ends behind it', async () => {
    const disk = logOf(14, 'dead')
    const records = recordsIn(disk, LOG_DIR)
    disk.flipBit(pathOf(4), recordIn(disk, 4, 14).offset + 300, 1)
    expect(await repairOn(disk, FIX)).toMatchObject({ recordsKept: 14, recordsRestored: 1, clean: true })
    expect(recordsIn(disk, OUT)).toEqual(records)
  })
})

describe('a sync mark with one flipped bit', () => {
  it('is left out, as ever: it is no record', async () => {
    const disk = logOf(14)
    const mark = framesIn(disk, 2).find(({ kind }) => kind === 2)!
    disk.flipBit(pathOf(2), mark.offset + 18, 1)
    expect(await repairOn(disk, FIX)).toMatchObject({ clean: true, recordsKept: 14, recordsRestored: 0 })
    expect(framesOfSegment(disk, 2)[0]).toBe('record 5')
  })
})

describe('a record with two flipped bits', () => {
  it('is not made up', async () => {
    const random = new SeededRandom(5)
    for (let i = 0; i < 20; i++) {
      const disk = logOf(6)
      const { offset } = recordIn(disk, 1, 3)
      const first = random.below(8 * 900)
      for (const bit of [first, (first + 1 + random.below(7000)) % 7200])
        disk.flipBit(pathOf(1), offset + (bit >> 3), bit & 7)
      expect(await repairOn(disk, FIX)).toMatchObject({ recordsKept: 5, recordsRestored: 0, recordsLost: 1 })
    }
  })
})
