import { describe, expect, it } from 'vitest'
import { SeededRandom } from './seeded-random.ts'

function draws(seed: number, count = 4): number[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: count }, () => random.uint32())
}

describe('SeededRandom', () => {
  it('gives the sequence of a seed for ever, or seeds in bug reports would rot', () => {
    expect(draws(1)).toEqual([441_792_574, 614_447_336, 1_644_328_534, 3_387_734_806])
  })

  it('differs between neighbouring seeds and in the high bits of a seed', () => {
    const seen = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 40, -1].map((seed) => draws(seed).join())
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('reaches every value of a range and none outside', () => {
    const random = new SeededRandom(7)
    const seen = new Set(Array.from({ length: 500 }, () => random.between(3, 8)))
    expect([...seen].sort()).toEqual([3, 4, 5, 6, 7, 8])
    expect(new Set(Array.from({ length: 100 }, () => random.below(1)))).toEqual(new Set([0]))
    expect(new Set(Array.from({ length: 200 }, () => random.pick(['a', 'b', 'c']))).size).toBe(3)
    expect(() => random.pick([])).toThrow(RangeError)
  })

  it('is even to the eye of a chi-square test, in words and in bytes', () => {
    const random = new SeededRandom(11)
    const bytes = random.bytes(256 * 100)
    const words = Array.from({ length: 256 * 100 }, () => random.below(256))
    for (const values of [bytes, words]) {
      const counts = new Array<number>(256).fill(0)
      for (const value of values) counts[value]!++
      const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)
      // 255 degrees of freedom: mean 255, deviation 22.6.
      expect(chiSquare).toBeGreaterThan(255 - 5 * 22.6)
      expect(chiSquare).toBeLessThan(255 + 5 * 22.6)
    }
  })

  it('meets a probability', () => {
    const random = new SeededRandom(13)
    const hits = (probability: number) =>
      Array.from({ length: 10_000 }, () => random.chance(probability)).filter(Boolean)
    expect(hits(0)).toHaveLength(0)
    expect(hits(1)).toHaveLength(10_000)
    expect(Math.abs(hits(0.25).length - 2500)).toBeLessThan(5 * 43.3)
  })
})
