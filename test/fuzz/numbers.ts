/** Numbers at which programs go wrong. */
import type { SeededRandom } from '../support/seeded-random.ts'

const U64_MAX = 2n ** 64n - 1n

const LARGE: readonly bigint[] = [31n, 32n, 53n, 63n, 64n].map((power) => 2n ** power)

/** A u64: near 0, a power of two, or what stood there; or anything. */
export function anyU64(random: SeededRandom, before: bigint): bigint {
  const near = BigInt(random.between(-2, 2))
  const draw = random.below(10)
  if (draw < 2) return BigInt.asUintN(64, near)
  if (draw < 6) return BigInt.asUintN(64, random.pick(LARGE) + near)
  if (draw < 9) return BigInt.asUintN(64, before + near * random.pick([1n, 8n, 100n]))
  return (BigInt(random.uint32()) << 32n) | BigInt(random.uint32())
}

/** A u32, likewise. */
export function anyU32(random: SeededRandom, before: number): number {
  return Number(anyU64(random, BigInt(before)) & 0xffff_ffffn)
}

/** A length of a payload that stands in `room` bytes: right, nearly so, the longest there can be, beyond. */
export function anyLength(random: SeededRandom, before: number, room: number): number {
  const longest = 67_108_824
  const near = random.pick([-8, -1, 1, 7, 8, 16])
  return Math.max(
    0,
    random.pick([0, 1, before + near, room, room - 40, room + near, longest, longest + 1, 2 ** 32 - 1]),
  )
}

/** Decimal digits of a segment's name. */
export function anyDigits(random: SeededRandom, before: number): string {
  const number = anyU64(random, BigInt(before))
  const digits = String(number === U64_MAX ? 10n ** 20n - 1n : number)
  return digits.padStart(random.pick([20, 20, 20, 19, 21, 1]), '0')
}
