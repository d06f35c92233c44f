import type { SeededRandom } from '../support/seeded-random.ts'

/** Sizes and counts that hostile files have. */
const HOSTILE = [
  0, 1, 3, 4, 5, 7, 8, 19, 20, 21, 0xff, 0x100, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
]

/** A copy that is harmed in one to three ways: bits, hostile numbers, cuts, repeats, noise, parts swapped or removed. */
export function mutate(random: SeededRandom, bytes: Uint8Array): Buffer<ArrayBuffer> {
  let result = Buffer.from(bytes)
  for (let times = random.between(1, 3); times > 0; times--) result = harm(random, result)
  return result
}

function harm(random: SeededRandom, bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  if (bytes.length < 8) return Buffer.from(random.bytes(random.below(64)))
  const at = random.below(bytes.length - 4)
  const end = at + random.below(Math.min(200, bytes.length - at))
  switch (random.below(7)) {
    case 0:
      bytes[at]! ^= 1 << random.below(8)
      return bytes
    case 1:
      bytes.writeUInt32LE(random.pick(HOSTILE), at)
      return bytes
    case 2:
      return bytes.subarray(0, at)
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
    case 5:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(100)), bytes.subarray(at)])
    default:
      return Buffer.concat([bytes, random.bytes(random.below(100))])
  }
}
