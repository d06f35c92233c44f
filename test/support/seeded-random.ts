/**
 * Random numbers that a test can repeat: Chris Doty-Humphrey's sfc32 (PractRand), 128 bits of state, seeded from one
 * integer. The sequence of a seed never changes, so a seed in a bug report stays good.
 */
export class SeededRandom {
  #a: number
  #b: number
  #c = 0
  #counter = 1

  /** @param seed any integer; its low 53 bits count. */
  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0
    // The first outputs of neighbouring seeds resemble each other; the author of sfc32 throws 12 away.
    for (let round = 0; round < 12; round++) this.uint32()
  }

  /** 0 … 2^32 − 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** An integer from 0 to `limit` − 1; `limit` is 1 … 2^32. */
  below(limit: number): number {
    return Math.floor((this.uint32() / 0x1_0000_0000) * limit)
  }

  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1)
  }

  /** True with this probability, 0 … 1. */
  chance(probability: number): boolean {
    return this.uint32() < probability * 0x1_0000_0000
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from')
    return items[this.below(items.length)] as T
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length)
    for (let index = 0; index < length; index++) bytes[index] = this.uint32()
    return bytes
  }
}
