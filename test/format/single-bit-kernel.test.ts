import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChecker, createKernelMemory, type SingleBit, SingleBitFinder } from '../../src/format/index.ts'
import { type BitKernel, createBitKernel, createReferenceBitKernel } from '../../src/format/kernel/bit-kernel.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { anyFrame, anyHarm, doHarm, writeAnyFrames } from './twin-kernels.ts'

const SALT = 0x0102_0304_0506_0708n
const checker = await createChecker()
const kernel = createBitKernel()
const reference = createReferenceBitKernel(checker)
const random = new SeededRandom(11)

function bothLoaded(bytes: Uint8Array): readonly BitKernel[] {
  for (const each of [kernel, reference]) each.load(bytes)
  return [kernel, reference]
}

describe('the kernel of the single-bit search', () => {
  it('gives the hashes of the reference, with and without a flip', () => {
    for (let size = 40; size < 700; size += 8) {
      const [wasm, plain] = bothLoaded(random.bytes(size + 8))
      expect(wasm!.hash(size)).toBe(plain!.hash(size))
      const bit = 64 + random.below(8 * size - 64)
      expect(wasm!.hashFlipped(size, bit)).toBe(plain!.hashFlipped(size, bit))
      expect(wasm!.hash(size)).toBe(plain!.hash(size))
    }
  })

  it('gives the bits that the reference gives, or none', () => {
    for (let run = 0; run < 300; run++) {
      const size = 40 + 8 * random.below(run < 250 ? 20 : 60)
      const [wasm, plain] = bothLoaded(random.bytes(size))
      const bit = 64 + random.below(8 * size - 64)
      const wanted = random.chance(0.2) ? BigInt(random.uint32()) : plain!.hashFlipped(size, bit)
      for (const from of [64, bit, bit + 1, 64 + random.below(8 * size - 63)]) {
        expect(wasm!.nextFlip(size, wanted, from), `size ${size}, from ${from}`).toBe(
          plain!.nextFlip(size, wanted, from),
        )
      }
    }
  })

  it('finds no bit for the hash that the bytes have', () => {
    for (let size = 40; size < 300; size += 8) {
      kernel.load(random.bytes(size))
      expect(kernel.nextFlip(size, kernel.hash(size), 64)).toBe(8 * size)
    }
  })

  it('gives both of two bits that come to the same hash', () => {
    const words = [0x18n | (1n << 32n), 7n, 0n, 0x1234_5678_0000_0000n]
    const payload = [0xcdb3_a4fe_a5f6_7b6cn, 0x6ec1_5d38_4c86_7062n, 0x286b_ef29_8999_18a7n]
    kernel.load(new Uint8Array(new BigUint64Array([0n, ...words, ...payload]).buffer))
    const [first, second] = [8 * 48 + 6, 8 * 59 + 7]
    const wanted = kernel.hashFlipped(64, first)
    expect(kernel.nextFlip(64, wanted, 64)).toBe(first)
    expect(kernel.nextFlip(64, wanted, first)).toBe(first)
    expect(kernel.nextFlip(64, wanted, first + 1)).toBe(second)
    expect(kernel.nextFlip(64, wanted, second + 1)).toBe(512)
  })
})

describe('the single-bit search', () => {
  const { kernel: frames, bytes, dataAt } = createKernelMemory(4096)
  const lsnMax = 8
  const settings = { salt: SALT, payloadMax: 80, lsnMin: 3, lsnMax }

  /** Every bit after which the search of the scanner takes the frame at the start. */
  function everyTaken(region: Uint8Array): SingleBit[] {
    const taken: SingleBit[] = []
    bytes.set(region, dataAt)
    const to = dataAt + region.length
    const isTaken = (): boolean =>
      region.length >= 40 && frames.find(dataAt, to, SALT, settings.payloadMax, 3n, BigInt(lsnMax), 1) === dataAt
    if (isTaken()) return []
    for (let bit = 0; bit < 8 * region.length; bit++) {
      const at = dataAt + (bit >> 3)
      bytes[at]! ^= 1 << (bit & 7)
      const size = (40 + new DataView(bytes.buffer).getUint32(dataAt + 8, true) + 7) & ~7
      if (isTaken()) taken.push({ at: bit >> 3, bit: bit & 7, bytes: size })
      bytes[at]! ^= 1 << (bit & 7)
    }
    return taken
  }

  it('finds what the scanner would take, and nothing else', () => {
    const told = { found: 0, none: 0 }
    const finders = [new SingleBitFinder(), new SingleBitFinder(reference)]
    const harms = fc.array(
      anyHarm.map((harm) => ({ ...harm, at: harm.at % 130 })),
      { maxLength: 1 },
    )
    const anyBits = fc.array(fc.nat(1100), { minLength: 0, maxLength: 2 })
    const frame = fc.array(anyFrame, { minLength: 1, maxLength: 2 })
    const property = fc.property(frame, fc.bigInt(1n, 9n), anyBits, harms, fc.nat(16), (list, lsn, bits, harm, cut) => {
      const whole = writeAnyFrames(list, SALT, lsn)
      const region = whole.subarray(0, whole.length - (cut < 4 ? cut : 0))
      for (const bit of bits) doHarm(region, [{ kind: 'flip', at: (bit >> 3) % region.length, length: bit & 7 }])
      if (bits.length === 0) doHarm(region, harm)
      const taken = everyTaken(region)
      const only = taken.length === 1 ? taken[0] : undefined
      told[only === undefined ? 'none' : 'found']++
      expect(finders[0]!.find(region, settings)).toEqual(only)
      if (told.found % 20 === 1) expect(finders[1]!.find(region, settings)).toEqual(only)
    })
    fc.assert(property, { numRuns: 3000 })
    expect(told.found).toBeGreaterThan(200)
    expect(told.none).toBeGreaterThan(200)
  })
})
