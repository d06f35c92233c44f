import { describe, expect, it } from 'vitest'
import { KIND_RECORD } from '../../src/format/index.ts'
import { recordsIn, scanBoth } from './scan-steps.ts'
import { frameOf, framesOf, joined, segmentOf, someRecords } from './segment-bytes.ts'

const before = someRecords(1, 3)
const after = someRecords(4, 6)

/** A frame with any flags, sealed again. */
function withFlags(kind: number, lsn: number, flags: number): Uint8Array {
  return frameOf({ kind, lsn, codec: flags >> 1, continuesBatch: (flags & 1) === 1 })
}

describe('a frame of a later version', () => {
  it.each([6, 0x20, 0x7f])('of kind %d stops a reader, after what stands before it', (kind) => {
    const file = segmentOf(framesOf([...before, { kind, lsn: 0 }, ...after]))
    const offset = 4096 + framesOf(before).length
    expect(() => scanBoth(file)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_FORMAT', offset }))
  })

  it.each([0x80, 0x81, 0xff])('of kind %d is skipped, whatever its flags say', (kind) => {
    const skippable = joined(frameOf({ kind, lsn: 0, payload: Uint8Array.of(1, 2, 3) }), withFlags(kind, 0, 0xf8))
    const scanned = scanBoth(segmentOf(framesOf(before), skippable, framesOf(after)))
    expect(scanned.records).toEqual(recordsIn([...before, ...after]))
    expect(scanned.steps.length).toBe(2)
  })

  it.each([0x08, 0x10, 0x80])('with flags %d on a record or mark stops a reader', (flags) => {
    for (const frame of [withFlags(KIND_RECORD, 4, flags), withFlags(2, 3, flags)]) {
      expect(() => scanBoth(segmentOf(framesOf(before), frame))).toThrow(
        expect.objectContaining({ code: 'ERR_RINGWAL_FORMAT' }),
      )
    }
  })

  it('with an unknown codec is still a record', () => {
    const records = [4, 6].map((flags) => withFlags(KIND_RECORD, 2 + flags / 2, flags))
    expect(scanBoth(segmentOf(framesOf(before), ...records)).records.length).toBe(5)
  })

  it('is not looked for behind damage', () => {
    const file = segmentOf(framesOf([...before, { kind: 6, lsn: 0 }, ...after]))
    file[4096 + framesOf(before.slice(0, 2)).length]! ^= 1
    const scanned = scanBoth(file)
    expect(scanned.records).toEqual(recordsIn([...before.slice(0, 2), ...after]))
  })
})
