import { createXXHash64 } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { createChecker, createKernelMemory } from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const memory = createKernelMemory((1 << 20) + 64)
const { kernel, bytes, dataAt } = memory
const hasher = await createXXHash64(0, 0)
const checker = await createChecker()

function put(data: Uint8Array, at: number): bigint {
  bytes.set(data, at)
  return kernel.xxh64(at, data.length)
}

function hex(digest: bigint): string {
  return digest.toString(16).padStart(16, '0')
}

function expectSame(data: Uint8Array, at: number): void {
  expect(hex(put(data, at)), `${data.length} bytes at ${at}`).toBe(hasher.init().update(data).digest())
}

describe('the XXH64 of the kernel', () => {
  // The first three are in the xxHash documentation and in every port of it; the last needs a stripe and all tails.
  it.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
    ['Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
  ])('gives the known digest of %j', (text, digest) => {
    expect(hex(put(new TextEncoder().encode(text), dataAt))).toBe(digest)
    expect(hex(checker.xxh64(new TextEncoder().encode(text)))).toBe(digest)
  })

  it('agrees with hash-wasm on every length from 0 to 4096, aligned or not', () => {
    const data = new SeededRandom(1).bytes(4096)
    for (let length = 0; length <= 4096; length++) {
      expectSame(data.subarray(0, length), dataAt)
      expectSame(data.subarray(0, length), dataAt + 1 + (length % 7))
    }
  })

  it('agrees with hash-wasm on random lengths up to 1 MiB', () => {
    const random = new SeededRandom(2)
    const data = random.bytes(1 << 20)
    expectSame(data, dataAt)
    for (let round = 0; round < 100; round++) {
      expectSame(data.subarray(0, random.between(4096, data.length)), dataAt + random.below(64))
    }
  })
})
