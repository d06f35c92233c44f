import { describe, expect, it } from 'vitest'
import { KIND_RECORD } from '../../src/format/index.ts'
import { badPlaces, recordsIn, scanBoth, scanFile } from './scan-steps.ts'
import { framesOf, mixedFrames, placesOf, segmentOf } from './segment-bytes.ts'

const specs = mixedFrames()
const places = placesOf(specs)
const frames = framesOf(specs)
const TAIL_BYTES = 96
const file = segmentOf(frames, new Uint8Array(TAIL_BYTES))
const tailAt = 4096 + frames.length

/** LSN that must come next in front of each frame. */
const expectedAt: number[] = []
let next = 1
for (const { kind, lsn } of specs) {
  expectedAt.push(next)
  if (kind === KIND_RECORD) next = lsn + 1
  if (kind === 5) next = lsn === 31 ? 34 : lsn + 1
}

function withFlip<T>(bit: number, look: () => T): T {
  file[bit >> 3]! ^= 1 << (bit & 7)
  try {
    return look()
  } finally {
    file[bit >> 3]! ^= 1 << (bit & 7)
  }
}

describe('one wrong bit', () => {
  it('costs the frame it is in, to the byte, and no other, wherever it is', () => {
    specs.forEach((_, hit) => {
      const { offset, bytes } = places[hit]!
      const isLast = hit === specs.length - 1
      const others = recordsIn(specs.filter((_, i) => i !== hit))
      const region = {
        offset,
        bytes: isLast ? file.length - offset : bytes,
        expected: expectedAt[hit]!,
        resumed: !isLast,
      }
      for (let bit = offset * 8; bit < (offset + bytes) * 8; bit++) {
        const scanned = withFlip(bit, () => (bit % 61 === 0 ? scanBoth(file) : scanFile(file)))
        const bad = badPlaces(scanned)
        expect(bad, `frame ${hit} bit ${bit - offset * 8}`).toEqual([{ ...region, reason: expect.any(String) }])
        expect(scanned.records).toEqual(others)
      }
    })
  })

  it('in the tail of zeros costs no record, and is told of', () => {
    for (let bit = tailAt * 8; bit < file.length * 8; bit++) {
      const scanned = withFlip(bit, () => scanFile(file))
      expect(badPlaces(scanned), `bit ${bit}`).toMatchObject([{ offset: tailAt, bytes: TAIL_BYTES, resumed: false }])
      expect(scanned.records).toEqual(recordsIn(specs))
    }
  })

  it('pairs: two wrong bits cost the frames they are in', () => {
    for (let hit = 0; hit + 2 < specs.length; hit++) {
      const first = places[hit]!.offset * 8 + ((hit * 37) % 320)
      const second = places[hit + 2]!.offset * 8 + ((hit * 91) % 320)
      const scanned = withFlip(first, () => withFlip(second, () => scanFile(file)))
      expect(scanned.records).toEqual(recordsIn(specs.filter((_, i) => i !== hit && i !== hit + 2)))
    }
  })

  it('tells what the header says where only the payload is hit', () => {
    const { offset, bytes } = places[2]!
    const scanned = withFlip((offset + 44) * 8, () => scanBoth(file))
    expect(scanned.steps[1]).toMatchObject({ reason: 'check', expected: 3, statedLsn: 3, statedBytes: bytes })
  })
})
