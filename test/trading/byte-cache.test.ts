import { describe, expect, it } from 'vitest'
import { ByteCache } from '../../src/trading/byte-cache.ts'
import { SeededRandom } from '../support/seeded-random.ts'

function cacheOf(bits: number): {
  cache: ByteCache<string>
  get: (bytes: Uint8Array) => string | undefined
  made: () => number
} {
  let made = 0
  const cache = new ByteCache(bits, (bytes, _, start, end) => {
    made++
    return bytes[start] === 0xff ? undefined : Buffer.from(bytes.subarray(start, end)).toString('hex')
  })
  const get = (bytes: Uint8Array): string | undefined => {
    const all = new Uint8Array(bytes.length + 6).fill(7)
    all.set(bytes, 3)
    return cache.get(all, new DataView(all.buffer), 3, 3 + bytes.length)
  }
  return { cache, get, made: () => made }
}

describe('a cache by bytes', () => {
  it('gives the value of these very bytes, of any length, however few slots there are', () => {
    for (const bits of [1, 4, 10]) {
      const { get } = cacheOf(bits)
      const random = new SeededRandom(bits)
      for (let i = 0; i < 20_000; i++) {
        // Few different ones, so that they come again, and differ in a byte anywhere.
        const bytes = new Uint8Array(random.below(40)).fill(random.below(2))
        if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(3)
        expect(get(bytes)).toBe(Buffer.from(bytes).toString('hex'))
      }
    }
  })

  it('makes a value once for as long as nothing else takes its slot', () => {
    const { get, made } = cacheOf(8)
    const texts = ['', 'a', 'ab', 'buy', 'acct', 'acct-17', 'x'.repeat(28)].map((text) => Buffer.from(text))
    for (let i = 0; i < 100; i++) for (const text of texts) expect(get(text)).toBe(text.toString('hex'))
    expect(made()).toBeLessThan(2 * texts.length)
  })

  it('keeps neither what is long nor what has no value', () => {
    const { get, made } = cacheOf(8)
    for (let i = 0; i < 10; i++) {
      expect(get(new Uint8Array(33))).toBe('00'.repeat(33))
      expect(get(Uint8Array.of(0xff, 1, 2, 3, 4))).toBeUndefined()
    }
    expect(made()).toBe(20)
  })
})
