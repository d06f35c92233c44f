import { describe, expect, it } from 'vitest'
import { KIND_END, KIND_RECORD, KIND_SYNC_MARK, KIND_TOMBSTONE } from '../../src/format/index.ts'
import { badPlaces, recordsIn, scanBoth } from './scan-steps.ts'
import { frameOf, framesOf, placesOf, segmentOf, someRecords, u64Payload } from './segment-bytes.ts'

const before = someRecords(1, 5)
const beforeBytes = framesOf(before).length
const gap = { offset: 4096 + beforeBytes, bytes: 0, reason: 'gap', expected: 6, resumed: true }

describe('missing LSNs', () => {
  it('are told where a record comes too early, which is read all the same', () => {
    const after = someRecords(9, 12)
    const scanned = scanBoth(segmentOf(framesOf([...before, ...after])))
    expect(badPlaces(scanned)).toEqual([gap])
    expect(scanned.records).toEqual(recordsIn([...before, ...after]))
    expect(scanned.expected).toBe(13)
  })

  it('are told where a sync mark proves durable what did not come', () => {
    const after = [{ kind: KIND_SYNC_MARK, lsn: 6 }, ...someRecords(7, 8)]
    const scanned = scanBoth(segmentOf(framesOf([...before, ...after])))
    expect(badPlaces(scanned)).toEqual([gap])
    expect(scanned.records).toEqual(recordsIn([...before, ...after]))
    expect(scanned.mark).toBe(6)
  })

  it('are told where the end frame counts more than came', () => {
    const scanned = scanBoth(segmentOf(framesOf([...before, { kind: KIND_END, lsn: 6 }])))
    expect(badPlaces(scanned)).toEqual([gap])
    expect(scanned.steps.at(-1)).toMatchObject({ kind: 'end', reason: 'sealed' })
    expect(scanned.expected).toBe(7)
  })

  it('are told at the first record', () => {
    const scanned = scanBoth(segmentOf(framesOf(someRecords(4, 6))), { expected: 2 })
    expect(badPlaces(scanned)).toEqual([{ ...gap, offset: 4096, expected: 2 }])
    expect(scanned.records.map(({ lsn }) => lsn)).toEqual([4, 5, 6])
  })

  it('are none where a tombstone stands for them', () => {
    const tombstone = { kind: KIND_TOMBSTONE, lsn: 6, type: 1, payload: u64Payload(8) }
    const scanned = scanBoth(segmentOf(framesOf([...before, tombstone, ...someRecords(9, 10)])))
    expect(badPlaces(scanned)).toEqual([])
    expect(scanned.expected).toBe(11)
  })

  it('are none where any first LSN will do', () => {
    expect(badPlaces(scanBoth(segmentOf(framesOf(someRecords(77, 80))), { expected: 0 }))).toEqual([])
  })
})

describe('a frame that verifies but can not stand where it does', () => {
  const after = someRecords(6, 9, 3)
  it.each([
    ['an old record', { kind: KIND_RECORD, lsn: 2 }],
    ['the record before, twice', { kind: KIND_RECORD, lsn: 5 }],
    ['LSN 0', { kind: KIND_RECORD, lsn: 0 }],
    ['an LSN above the limit', { kind: KIND_RECORD, lsn: 1001 }],
    ['an old end frame', { kind: KIND_END, lsn: 4 }],
    ['a mark above the limit', { kind: KIND_SYNC_MARK, lsn: 1001 }],
    ['a tombstone for a range that is none', { kind: KIND_TOMBSTONE, lsn: 6, payload: u64Payload(5) }],
    ['a tombstone past the limit', { kind: KIND_TOMBSTONE, lsn: 6, payload: u64Payload(1001) }],
    ['a tombstone to the last u64', { kind: KIND_TOMBSTONE, lsn: 6, payload: u64Payload((1n << 64n) - 1n) }],
  ])('is passed over and told: %s', (_, stray) => {
    const file = segmentOf(framesOf([...before, stray, ...after]))
    const scanned = scanBoth(file, { lsnMax: 1000 })
    const { length } = frameOf(stray)
    expect(badPlaces(scanned)).toEqual([{ ...gap, bytes: length, reason: 'stray' }])
    expect(scanned.records).toEqual(recordsIn([...before, ...after]))
    expect(scanned.mark).toBe(0)
  })

  it('does not bring back, behind damage, what has been read before', () => {
    const specs = [...before, ...someRecords(6, 6), { kind: KIND_SYNC_MARK, lsn: 3 }, ...before, ...someRecords(7, 9)]
    const file = segmentOf(framesOf(specs))
    file[placesOf(specs)[5]!.offset + 20]! ^= 1
    const scanned = scanBoth(file)
    expect(scanned.records.map(({ lsn }) => lsn)).toEqual([1, 2, 3, 4, 5, 7, 8, 9])
    expect(badPlaces(scanned)).toMatchObject([{ reason: 'check' }, { reason: 'stray', expected: 0 }])
  })

  it('does not bring back, behind a mark, what the mark says is older', () => {
    const specs = [{ kind: KIND_SYNC_MARK, lsn: 7 }, ...someRecords(6, 9)]
    const scanned = scanBoth(segmentOf(framesOf(specs)), { expected: 0 })
    expect(scanned.records.map(({ lsn }) => lsn)).toEqual([8, 9])
  })
})
