// AssemblyScript: which one bit of a message, flipped, gives it a wanted XXH64.
//
// XXH64 runs four lanes over the message, one word of each 32-byte stripe to each, and merges them at the end. So a flipped
// bit changes one lane, from its stripe on: the other three are had once, and only that one is run again, for eight flips
// side by side, as each step waits for the one before. What comes behind the lanes can be run backwards: the wanted digest
// is traced back over the avalanche, the words behind the last stripe and the merges of the lanes behind the flipped one.

import { merge, P1, P2, P3, P4, round, xxh64 } from './xxh64.as'

export { xxh64 }

// Times P1 (P2, P3) these are 1 modulo 2^64: they undo the multiplication.
const P1_INVERSE: u64 = 614540362697595703
const P2_INVERSE: u64 = 839798700976720815
const P3_INVERSE: u64 = 16855272203555305545

const A: u32 = 0, B: u32 = 1, C: u32 = 2, D: u32 = 3

// Set by each search. A lane's `sum` is what the other lanes give to the start of the merges, its `goal` what must stand
// before the last step of its own merge; a lane's `part` is what it brings to its merge unless it is the flipped one.
let sumA: u64, sumB: u64, sumC: u64, sumD: u64
let goalA: u64, goalB: u64, goalC: u64, goalD: u64
let partA: u64, partB: u64, partC: u64

// @ts-ignore: decorator
@inline
function beforeAvalanche(digest: u64): u64 {
  let h = digest ^ (digest >> 32)
  h *= P3_INVERSE
  h ^= (h >> 29) ^ (h >> 58)
  h *= P2_INVERSE
  return h ^ (h >> 33)
}

// @ts-ignore: decorator
@inline
function beforeStep(hash: u64): u64 { return (hash - P4) * P1_INVERSE }

// @ts-ignore: decorator
@inline
function addWord(hash: u64, word: u64): u64 { return rotl(hash ^ round(0, word), 27) * P1 + P4 }

// @ts-ignore: decorator
@inline
function beforeWord(hash: u64, word: u64): u64 { return rotr(beforeStep(hash), 27) ^ round(0, word) }

/** Whether the digest is the wanted one if this lane ends so, and the others as they do. */
// @ts-ignore: decorator
@inline
function isHit(acc: u64, lane: u32): bool {
  const own = round(0, acc)
  if (lane == A) return ((sumA + rotl(acc, 1)) ^ own) == goalA
  if (lane == B) return (((((sumB + rotl(acc, 7)) ^ partA) * P1) + P4) ^ own) == goalB
  const start = lane == C ? sumC + rotl(acc, 12) : sumD + rotl(acc, 18)
  const merged = (((start ^ partA) * P1 + P4) ^ partB) * P1 + P4
  return lane == C ? (merged ^ own) == goalC : (((merged ^ partC) * P1 + P4) ^ own) == goalD
}

/** Flips each bit of a word's byte and runs the lane on from there; bit i of the answer tells whether flip i is a hit. */
function hitsOfByte(word: usize, end: usize, before: u64, shift: u32, lane: u32): u32 {
  const value = load<u64>(word)
  const flip: u64 = <u64>1 << shift
  let a = round(before, value ^ flip), b = round(before, value ^ (flip << 1))
  let c = round(before, value ^ (flip << 2)), d = round(before, value ^ (flip << 3))
  let e = round(before, value ^ (flip << 4)), f = round(before, value ^ (flip << 5))
  let g = round(before, value ^ (flip << 6)), h = round(before, value ^ (flip << 7))
  for (let p = word + 32; p < end; p += 32) {
    const step = load<u64>(p) * P2
    a = rotl(a + step, 31) * P1
    b = rotl(b + step, 31) * P1
    c = rotl(c + step, 31) * P1
    d = rotl(d + step, 31) * P1
    e = rotl(e + step, 31) * P1
    f = rotl(f + step, 31) * P1
    g = rotl(g + step, 31) * P1
    h = rotl(h + step, 31) * P1
  }
  return <u32>isHit(a, lane) | (<u32>isHit(b, lane) << 1) | (<u32>isHit(c, lane) << 2) | (<u32>isHit(d, lane) << 3) |
    (<u32>isHit(e, lane) << 4) | (<u32>isHit(f, lane) << 5) | (<u32>isHit(g, lane) << 6) | (<u32>isHit(h, lane) << 7)
}

/** Sets what `isHit` goes by, from the ends of the lanes and what their merges must come to. */
function aim(sum: u64, a: u64, b: u64, c: u64, d: u64, goal: u64): void {
  sumA = sum - rotl(a, 1)
  sumB = sum - rotl(b, 7)
  sumC = sum - rotl(c, 12)
  sumD = sum - rotl(d, 18)
  partA = round(0, a)
  partB = round(0, b)
  partC = round(0, c)
  goalD = beforeStep(goal)
  goalC = beforeStep(goalD ^ round(0, d))
  goalB = beforeStep(goalC ^ partC)
  goalA = beforeStep(goalB ^ partB)
}

/** The first bit from `from` on of the word whose first bit is `first`, both counted in the message; `none` if none is. */
function flipOfWord(word: usize, end: usize, before: u64, lane: u32, first: u32, from: u32, none: u32): u32 {
  for (let bit = first; bit < first + 64; bit += 8) {
    if (bit + 8 <= from) continue
    let hits = hitsOfByte(word, end, before, bit - first, lane)
    if (bit < from) hits &= <u32>0xff << (from - bit)
    if (hits != 0) return bit + ctz(hits)
  }
  return none
}

/** Which bit of the words behind the last stripe: there are three at most, and what each must be can be reckoned. */
function flipOfTail(at: usize, end: usize, tail: usize, merged: u64, digest: u64, from: u32, none: u32): u32 {
  let h = merged
  for (let p = tail; p < end; p += 8) {
    let after = beforeAvalanche(digest)
    for (let q = end - 8; q > p; q -= 8) after = beforeWord(after, load<u64>(q))
    const wanted = rotr((rotr(beforeStep(after), 27) ^ h) * P1_INVERSE, 31) * P2_INVERSE
    const difference = wanted ^ load<u64>(p)
    const bit = <u32>(p - at) * 8 + <u32>ctz(difference)
    if (popcnt(difference) == 1 && bit >= from) return bit
    h = addWord(h, load<u64>(p))
  }
  return none
}

/**
 * The first bit of the message, `from` or behind it, whose flip makes `digest` its XXH64; 8 * length if there is none. Bit 0
 * is the lowest of the first byte. `length` is a multiple of 8, 32 or more and below 2^29.
 */
export function nextFlip(at: usize, length: usize, digest: u64, from: u32): u32 {
  const end = at + length
  const tail = at + (length & ~31)
  const none = <u32>length * 8
  let a: u64 = P1 + P2, b: u64 = P2, c: u64 = 0, d: u64 = 0 - P1
  for (let p = at; p < tail; p += 32) {
    a = round(a, load<u64>(p))
    b = round(b, load<u64>(p, 8))
    c = round(c, load<u64>(p, 16))
    d = round(d, load<u64>(p, 24))
  }
  const sum = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18)
  const merged = merge(merge(merge(merge(sum, a), b), c), d) + <u64>length
  let goal = beforeAvalanche(digest)
  for (let p = end; p > tail; p -= 8) goal = beforeWord(goal, load<u64>(p - 8))
  aim(sum, a, b, c, d, goal - <u64>length)
  a = P1 + P2
  b = P2
  c = 0
  d = 0 - P1
  for (let p = at; p < tail; p += 32) {
    const first = <u32>(p - at) * 8
    let flip = flipOfWord(p, tail, a, A, first, from, none)
    if (flip == none) flip = flipOfWord(p + 8, tail, b, B, first + 64, from, none)
    if (flip == none) flip = flipOfWord(p + 16, tail, c, C, first + 128, from, none)
    if (flip == none) flip = flipOfWord(p + 24, tail, d, D, first + 192, from, none)
    if (flip != none) return flip
    a = round(a, load<u64>(p))
    b = round(b, load<u64>(p, 8))
    c = round(c, load<u64>(p, 16))
    d = round(d, load<u64>(p, 24))
  }
  return flipOfTail(at, end, tail, merged, digest, from, none)
}
