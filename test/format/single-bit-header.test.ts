import { describe, expect, it } from 'vitest'
import { createChecker, encodeHeaderPage, findHeaderBit, HEADER_BYTES } from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SAMPLE_HEADER } from './header-sample.ts'

const checker = await createChecker()
const page = encodeHeaderPage(SAMPLE_HEADER, checker)
const random = new SeededRandom(17)

function flipped(...bits: readonly number[]): Uint8Array {
  const copy = page.slice(0, HEADER_BYTES)
  for (const bit of bits) copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

describe('the search for a single wrong bit of a header copy', () => {
  it('finds every bit, those of the magic and the check included', () => {
    for (let bit = 0; bit < 8 * HEADER_BYTES; bit++) {
      const copy = flipped(bit)
      expect(findHeaderBit(copy, checker), `bit ${bit}`).toEqual({ at: bit >> 3, bit: bit & 7 })
      expect(copy).toEqual(flipped(bit))
    }
  })

  it('finds none where two are wrong, or none is', () => {
    expect(findHeaderBit(flipped(), checker)).toBe(undefined)
    for (let i = 0; i < 300; i++) {
      const [first, second] = [random.below(8 * HEADER_BYTES), random.below(8 * HEADER_BYTES)]
      if (first !== second) expect(findHeaderBit(flipped(first, second), checker)).toBe(undefined)
    }
  })

  it('finds none in anything else, of any length', () => {
    for (let length = 0; length < HEADER_BYTES; length++) {
      expect(findHeaderBit(flipped(3).subarray(0, length), checker)).toBe(undefined)
    }
    for (const bytes of [new Uint8Array(128), new Uint8Array(128).fill(255), random.bytes(128)]) {
      expect(findHeaderBit(bytes, checker)).toBe(undefined)
    }
  })

  it('looks at the first 128 bytes only', () => {
    const copy = new Uint8Array(200).fill(255)
    copy.set(flipped(700))
    expect(findHeaderBit(copy, checker)).toEqual({ at: 87, bit: 4 })
  })
})
