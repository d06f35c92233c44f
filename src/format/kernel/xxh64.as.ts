// AssemblyScript: XXH64 with seed 0 after the xxHash specification, its steps one by one, for the kernels that need them.
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md

export const P1: u64 = 11400714785074694791
export const P2: u64 = 14029467366897019727
export const P3: u64 = 1609587929392839161
export const P4: u64 = 9650029242287828579
export const P5: u64 = 2870177450012600261

// @ts-ignore: decorator
@inline
export function round(acc: u64, lane: u64): u64 { return rotl(acc + lane * P2, 31) * P1 }

// @ts-ignore: decorator
@inline
export function merge(hash: u64, acc: u64): u64 { return (hash ^ round(0, acc)) * P1 + P4 }

export function xxh64(at: usize, length: usize): u64 {
  const end = at + length
  let p = at
  let h: u64 = P5
  if (length >= 32) {
    let a: u64 = P1 + P2, b: u64 = P2, c: u64 = 0, d: u64 = 0 - P1
    const last = end - 32
    do {
      a = round(a, load<u64>(p))
      b = round(b, load<u64>(p, 8))
      c = round(c, load<u64>(p, 16))
      d = round(d, load<u64>(p, 24))
      p += 32
    } while (p <= last)
    h = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18)
    h = merge(merge(merge(merge(h, a), b), c), d)
  }
  h += <u64>length
  while (p + 8 <= end) {
    h = rotl(h ^ round(0, load<u64>(p)), 27) * P1 + P4
    p += 8
  }
  if (p + 4 <= end) {
    h = rotl(h ^ (<u64>load<u32>(p) * P1), 23) * P2 + P3
    p += 4
  }
  while (p < end) {
    h = rotl(h ^ (<u64>load<u8>(p) * P5), 11) * P1
    p++
  }
  h ^= h >> 33
  h *= P2
  h ^= h >> 29
  h *= P3
  return h ^ (h >> 32)
}
