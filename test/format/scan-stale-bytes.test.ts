import { describe, expect, it } from 'vitest'
import { badPlaces, recordsIn, scanBoth } from './scan-steps.ts'
import { framesOf, joined, placesOf, SALT, segmentOf, someRecords } from './segment-bytes.ts'

const own = someRecords(101, 110)
const ownBytes = framesOf(own)
const settings = { expected: 101 }

describe('what a file held in a former life', () => {
  it.each([
    ['another salt', SALT ^ (1n << 63n)],
    ['a salt that differs in the half that is the tag', SALT ^ 1n],
    ['a salt of 0', 0n],
  ])('never verifies: %s', (_, salt) => {
    const stale = framesOf(someRecords(1, 200, 4), salt)
    const scanned = scanBoth(segmentOf(ownBytes, stale.subarray(ownBytes.length)), settings)
    const offset = 4096 + ownBytes.length
    expect(scanned.records).toEqual(recordsIn(own))
    expect(badPlaces(scanned)).toMatchObject([
      { offset, bytes: stale.length - ownBytes.length, resumed: false, expected: 111 },
    ])
  })

  it('never verifies, though the LSNs would follow', () => {
    const scanned = scanBoth(segmentOf(ownBytes, framesOf(someRecords(111, 120), SALT + 1n)), settings)
    expect(scanned.records).toEqual(recordsIn(own))
  })

  it('is not taken where it stands in the middle', () => {
    const file = segmentOf(ownBytes)
    const { offset, bytes } = placesOf(own)[4]!
    const stale = framesOf([{ ...own[4]! }], SALT ^ (1n << 40n))
    file.set(stale, offset)
    const scanned = scanBoth(file, settings)
    expect(scanned.records).toEqual(recordsIn(own.filter((_, i) => i !== 4)))
    expect(badPlaces(scanned)).toMatchObject([{ offset, bytes, reason: 'check', resumed: true }])
  })

  it('is all there is, if a reader has the wrong salt', () => {
    const scanned = scanBoth(segmentOf(joined(ownBytes)), { ...settings, salt: SALT + 2n })
    expect(scanned.records).toEqual([])
    expect(badPlaces(scanned)).toMatchObject([{ offset: 4096, bytes: ownBytes.length, resumed: false }])
  })
})
