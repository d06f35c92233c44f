import { describe, expect, it } from 'vitest'
import { badPlaces, recordsIn, scanBoth } from './scan-steps.ts'
import { framesOf, mixedFrames, placesOf, segmentOf } from './segment-bytes.ts'

const specs = mixedFrames()
const places = placesOf(specs)
const file = segmentOf(framesOf(specs), new Uint8Array(512))

describe('a scan that starts anywhere', () => {
  it('reads on from the next frame', () => {
    for (let start = 4096; start < file.length - 512; start += 8) {
      const first = places.findIndex(({ offset }) => offset >= start)
      const scanned = scanBoth(file, { start, expected: 0 })
      const rest = first === -1 ? [] : specs.slice(first)
      expect(scanned.records, `from ${start}`).toEqual(recordsIn(rest))
      const resumed = first === -1 ? file.length : places[first]!.offset
      expect(badPlaces(scanned), `from ${start}`).toMatchObject(
        resumed === start ? [] : [{ offset: start, bytes: resumed - start }],
      )
    }
  })

  it('ends where it is told to', () => {
    places.forEach(({ offset }, i) => {
      const scanned = scanBoth(file, { end: offset })
      expect(scanned.records).toEqual(recordsIn(specs.slice(0, i)))
      expect(scanned.steps.at(-1)).toEqual({ kind: 'end', reason: 'limit', offset })
    })
  })
})
