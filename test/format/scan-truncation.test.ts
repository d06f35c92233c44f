import { describe, expect, it } from 'vitest'
import { badPlaces, recordsIn, scanBoth } from './scan-steps.ts'
import { framesOf, mixedFrames, placesOf, segmentOf } from './segment-bytes.ts'

const specs = mixedFrames()
const places = placesOf(specs)
const file = segmentOf(framesOf(specs))

describe('a segment cut off', () => {
  it('at any length keeps every frame before the cut, and tells of the one that was cut', () => {
    for (let length = 4096; length < file.length; length++) {
      const scanned = scanBoth(file.slice(0, length))
      const whole = places.filter(({ offset, bytes }) => offset + bytes <= length).length
      const at = places[whole]!.offset
      const cut = { offset: at, bytes: length - at, reason: 'cut', resumed: false }
      expect(scanned.records, `${length} bytes`).toEqual(recordsIn(specs.slice(0, whole)))
      const isEmpty = length === at || file.subarray(at, length).every((byte) => byte === 0)
      expect(badPlaces(scanned), `${length} bytes`).toMatchObject(isEmpty ? [] : [cut])
    }
  })

  it('after its length was asked for is one with zeros behind the cut', () => {
    for (let length = 4096; length < file.length; length += 5) {
      const filled = file.slice().fill(0, length)
      const wanted = scanBoth(filled)
      // The memory holds the frames that stood there before.
      scanBoth(file)
      expect(scanBoth(file.slice(0, length), { end: file.length }), `${length} bytes`).toEqual(wanted)
    }
  })

  it('and filled up with zeros keeps every frame before the cut', () => {
    for (let length = 4096; length < file.length; length += 3) {
      const filled = file.slice()
      filled.fill(0, length)
      const hit = places.findIndex(({ offset, bytes }) =>
        filled.slice(offset, offset + bytes).some((b, i) => b !== file[offset + i]),
      )
      const { records, steps } = scanBoth(filled)
      expect(records, `${length} bytes`).toEqual(recordsIn(specs.slice(0, hit === -1 ? specs.length : hit)))
      expect(steps.length).toBeLessThanOrEqual(3)
    }
  })
})
