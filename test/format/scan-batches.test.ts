import { describe, expect, it } from 'vitest'
import { createKernelMemory, KIND_END, KIND_PADDING, KIND_SYNC_MARK, KIND_TOMBSTONE } from '../../src/format/index.ts'
import { scanBoth, scanFile } from './scan-steps.ts'
import { type FrameSpec, frameOf, framesOf, placesOf, segmentOf, someRecords } from './segment-bytes.ts'

/** Records from `from` to `to` as one atomic batch; `open` leaves its last frame out. */
function batch(from: number, to: number): FrameSpec[] {
  return someRecords(from, to).map((record) => ({ ...record, continuesBatch: record.lsn < to }))
}

function checkOf(spec: FrameSpec): bigint {
  return new DataView(frameOf(spec).buffer).getBigUint64(0, true)
}

/** What must be told of a segment of these frames, whose first `count` end outside any unfinished batch. */
function wholeAfter(specs: readonly FrameSpec[], count: number, expected: number): object {
  const last = placesOf(specs)[count - 1]!
  return { offset: last.offset + last.bytes, expected, check: checkOf(specs[count - 1]!) }
}

describe('an atomic batch', () => {
  it('that is complete counts to its last frame', () => {
    const specs = [...someRecords(1, 2), ...batch(3, 6)]
    expect(scanBoth(segmentOf(framesOf(specs))).whole).toEqual(wholeAfter(specs, 6, 7))
  })

  it('whose end is missing does not count, though its records are read', () => {
    const specs = [...someRecords(1, 2), ...batch(3, 6).slice(0, 3)]
    const scanned = scanBoth(segmentOf(framesOf(specs), new Uint8Array(100)))
    expect(scanned.whole).toEqual(wholeAfter(specs, 2, 3))
    expect(scanned.records.length).toBe(5)
    expect(scanned.expected).toBe(6)
  })

  it('is not ended by a frame that is no record', () => {
    const others = [
      { kind: KIND_SYNC_MARK, lsn: 1 },
      { kind: KIND_PADDING, lsn: 0 },
      { kind: 0x90, lsn: 0 },
    ]
    const specs = [...someRecords(1, 2), ...batch(3, 6).slice(0, 2), ...others]
    expect(scanBoth(segmentOf(framesOf(specs))).whole).toEqual(wholeAfter(specs, 2, 3))
    expect(scanBoth(segmentOf(framesOf([...specs, { kind: KIND_END, lsn: 4 }]))).whole).toEqual(wholeAfter(specs, 2, 3))
    const rest = [...specs, ...batch(3, 6).slice(2)]
    expect(scanBoth(segmentOf(framesOf(rest))).whole).toEqual(wholeAfter(rest, rest.length, 7))
  })

  it('may be ended by a tombstone', () => {
    const specs = [...batch(1, 3).slice(0, 2), { kind: KIND_TOMBSTONE, lsn: 3 }]
    expect(scanBoth(segmentOf(framesOf(specs))).whole).toEqual(wholeAfter(specs, 3, 4))
  })

  it('is followed across the borders of chunks', () => {
    const unfinished = batch(51, 90).slice(0, 30)
    const specs = [...batch(1, 50), ...unfinished.flatMap((record) => [record, { kind: KIND_SYNC_MARK, lsn: 9 }])]
    const file = segmentOf(framesOf(specs))
    for (const capacity of [64, 200, 1000]) {
      expect(scanFile(file, {}, createKernelMemory(capacity)).whole, `${capacity} bytes`).toEqual(
        wholeAfter(specs, 50, 51),
      )
    }
  })

  it('of which nothing is complete leaves the start as it was', () => {
    const scanned = scanBoth(segmentOf(framesOf(batch(1, 4).slice(0, 3))))
    expect(scanned.whole).toEqual({ offset: 4096, expected: 1, check: 0n })
  })

  it('that damage cuts short is no longer waited for', () => {
    for (const [behind, expected] of [
      [someRecords(5, 6), 7],
      [[{ kind: KIND_SYNC_MARK, lsn: 4 }], 5],
    ] as const) {
      const specs = [...batch(1, 4), ...behind]
      const file = segmentOf(framesOf(specs))
      file[placesOf(specs)[3]!.offset]! ^= 255
      expect(scanBoth(file).whole).toEqual(wholeAfter(specs, specs.length, expected))
    }
  })
})
