import { describe, expect, it } from 'vitest'
import { KIND_END, KIND_RECORD } from '../../src/format/index.ts'
import { recordsIn, scanBoth } from './scan-steps.ts'
import { frameOf, framesOf, mixedFrames, placesOf, segmentOf, someRecords } from './segment-bytes.ts'

describe('a scan of a segment without damage', () => {
  it('delivers every record of a segment of all kinds of frames, in one run', () => {
    const specs = mixedFrames()
    const file = segmentOf(framesOf(specs))
    const scanned = scanBoth(file)
    expect(specs.length).toBe(40)
    expect(scanned.steps).toEqual([
      { kind: 'run', offset: 4096, bytes: file.length - 4096, records: 34 },
      { kind: 'end', reason: 'limit', offset: file.length },
    ])
    expect(scanned.records).toEqual(recordsIn(specs))
    expect(scanned).toMatchObject({ mark: 33, expected: 39 })
  })

  it('ends clean at a tail of zeros, however long it is', () => {
    const frames = framesOf(mixedFrames())
    for (const zeros of [1, 7, 8, 39, 40, 41, 4096, 200_000]) {
      const file = segmentOf(frames, new Uint8Array(zeros))
      const { steps, records } = scanBoth(file)
      expect(steps.slice(1), `${zeros} zeros`).toEqual([{ kind: 'end', reason: 'zeros', offset: 4096 + frames.length }])
      expect(records.length).toBe(34)
    }
  })

  it('is at its end at once where nothing was written', () => {
    expect(scanBoth(segmentOf()).steps).toEqual([{ kind: 'end', reason: 'limit', offset: 4096 }])
    expect(scanBoth(segmentOf(new Uint8Array(9000))).steps).toEqual([{ kind: 'end', reason: 'zeros', offset: 4096 }])
    expect(scanBoth(new Uint8Array(100)).steps).toEqual([{ kind: 'end', reason: 'limit', offset: 4096 }])
  })

  it('ends at the end frame, and looks at nothing behind it', () => {
    const specs = mixedFrames()
    const frames = framesOf([...specs, { kind: KIND_END, lsn: 38 }])
    const behind = framesOf(someRecords(39, 41))
    const { steps, records, mark } = scanBoth(segmentOf(frames, behind))
    expect(steps).toEqual([
      { kind: 'run', offset: 4096, bytes: frames.length, records: 34 },
      { kind: 'end', reason: 'sealed', offset: 4096 + frames.length },
    ])
    expect(records).toEqual(recordsIn(specs))
    expect(mark).toBe(38)
  })

  it('ends a segment without a record by its end frame alone', () => {
    const scanned = scanBoth(segmentOf(frameOf({ kind: KIND_END, lsn: 0 })))
    expect(scanned.steps.at(-1)).toEqual({ kind: 'end', reason: 'sealed', offset: 4136 })
    expect(scanned).toMatchObject({ mark: 0, expected: 1, records: [] })
  })

  it('goes on telling that it is at the end', () => {
    const specs = someRecords(1, 3)
    expect(placesOf(specs)[0]).toEqual({ offset: 4096, bytes: frameOf(specs[0]!).length })
    for (const file of [segmentOf(framesOf(specs)), segmentOf(framesOf([...specs, { kind: KIND_END, lsn: 3 }]))]) {
      expect(scanBoth(file).steps.length).toBe(2)
    }
  })

  it('carries LSNs past 2^32', () => {
    const first = 2 ** 32 - 2
    const specs = [...someRecords(first, first + 5), { kind: 2, lsn: first + 4 }]
    const scanned = scanBoth(segmentOf(framesOf(specs)), { expected: first })
    expect(scanned.records).toEqual(recordsIn(specs))
    expect(scanned).toMatchObject({ mark: first + 4, expected: first + 6, whole: { expected: first + 6 } })
  })

  it('carries the last LSN there can be, and none above it', () => {
    const last = Number.MAX_SAFE_INTEGER
    const specs = someRecords(last - 1, last)
    const scanned = scanBoth(segmentOf(framesOf(specs)), { expected: last - 1 })
    expect(scanned.records).toEqual(recordsIn(specs))
    const above = { kind: KIND_RECORD, lsn: last + 1 }
    const steps = scanBoth(segmentOf(framesOf([...specs, above])), { expected: last - 1 }).steps
    expect(steps[1]).toMatchObject({ kind: 'bad', reason: 'stray', bytes: 40, resumed: false })
  })
})
