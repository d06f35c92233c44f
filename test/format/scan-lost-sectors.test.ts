import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../support/seeded-random.ts'
import { badPlaces, recordsIn, scanBoth } from './scan-steps.ts'
import { type FrameSpec, framesOf, placesOf, segmentOf, someRecords } from './segment-bytes.ts'

const specs = someRecords(1, 300, 5, 150)
const places = placesOf(specs)
const file = segmentOf(framesOf(specs), new Uint8Array(1024))

/** The frames that do not touch [from, to). */
function outside(from: number, to: number): FrameSpec[] {
  return specs.filter((_, i) => places[i]!.offset >= to || places[i]!.offset + places[i]!.bytes <= from)
}

function overwritten(from: number, to: number, fill: (at: number) => number): Uint8Array {
  const bytes = file.slice()
  for (let at = from; at < to; at++) bytes[at] = fill(at)
  return bytes
}

const sectors: number[] = []
for (let at = 4096; at + 512 <= places.at(-1)!.offset; at += 512) sectors.push(at)

describe('a sector', () => {
  it('of zeros costs the frames that it touches', () => {
    for (const sector of sectors) {
      const scanned = scanBoth(overwritten(sector, sector + 512, () => 0))
      expect(scanned.records, `sector ${sector}`).toEqual(recordsIn(outside(sector, sector + 512)))
      expect(badPlaces(scanned).length).toBe(1)
    }
  })

  it('of noise costs the frames that it touches', () => {
    const random = new SeededRandom(6)
    for (const sector of sectors) {
      const scanned = scanBoth(overwritten(sector, sector + 512, () => random.below(256)))
      expect(scanned.records, `sector ${sector}`).toEqual(recordsIn(outside(sector, sector + 512)))
      expect(badPlaces(scanned).length).toBe(1)
    }
  })

  it('behind the first frame, with zeros from its very start, is told as zeros and not as the end', () => {
    const { offset } = places[5]!
    const bytes = overwritten(offset, offset + 400, () => 0)
    const scanned = scanBoth(bytes)
    expect(badPlaces(scanned)).toMatchObject([{ offset, reason: 'zeros', expected: 6, resumed: true }])
    expect(scanned.records).toEqual(recordsIn(outside(offset, offset + 400)))
  })

  it('of garbage behind the last frame costs nothing and is told of', () => {
    const end = places.at(-1)!.offset + places.at(-1)!.bytes
    const random = new SeededRandom(7)
    const scanned = scanBoth(overwritten(end, end + 512, () => random.between(1, 255)))
    expect(scanned.records).toEqual(recordsIn(specs))
    expect(badPlaces(scanned)).toMatchObject([{ offset: end, bytes: file.length - end, resumed: false, expected: 301 }])
  })

  it('from elsewhere in the segment is noticed, and brings no record twice or out of order', () => {
    const random = new SeededRandom(8)
    for (let round = 0; round < 200; round++) {
      const to = random.pick(sectors)
      const from = random.pick(sectors.filter((sector) => sector !== to))
      const scanned = scanBoth(overwritten(to, to + 512, (at) => file[from + at - to]!))
      expect(badPlaces(scanned).length, `sector ${from} in the place of ${to}`).toBeGreaterThan(0)
      const lsns = scanned.records.map(({ lsn }) => lsn)
      expect(lsns).toEqual([...new Set(lsns)].sort((a, b) => a - b))
      for (const record of scanned.records) expect(record).toEqual(recordsIn([specs[record.lsn - 1]!])[0])
      // Sectors from before can not push anything out: they cost what stood there.
      if (from < to) expect(scanned.records).toEqual(recordsIn(outside(to, to + 512)))
    }
  })
})
