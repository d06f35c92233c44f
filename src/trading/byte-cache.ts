/** Longer byte strings are not kept. */
const KEPT_BYTES_MAX = 28
/** A slot: the length, then the words. */
const SLOT_WORDS = 1 + KEPT_BYTES_MAX / 4
const FIBONACCI = 0x9e3779b1

/**
 * Values made of short byte strings, found again by their bytes: the account, the instrument and the order ids of events
 * come again and again, and to compare some words costs a tenth of making a string, and another of hashing it in a map.
 * Every value has one slot, where the next one that falls into it takes its place: so memory is bounded.
 */
export class ByteCache<T> {
  private readonly make: (bytes: Uint8Array, view: DataView, start: number, end: number) => T | undefined
  private readonly shift: number
  private readonly words: Int32Array
  private readonly values: (T | undefined)[]

  /**
   * @param bits there are 2^bits slots
   * @param make the value of the bytes from `start` to before `end`; undefined for what is not kept
   */
  constructor(bits: number, make: (bytes: Uint8Array, view: DataView, start: number, end: number) => T | undefined) {
    this.make = make
    this.shift = 32 - bits
    this.words = new Int32Array(SLOT_WORDS << bits)
    this.values = new Array<T | undefined>(1 << bits).fill(undefined)
  }

  get(bytes: Uint8Array, view: DataView, start: number, end: number): T | undefined {
    const length = end - start
    if (length > KEPT_BYTES_MAX) return this.make(bytes, view, start, end)
    // The last four bytes, which may be some of those before once more; all of them, where there are fewer.
    const last = end - 4
    const tail = length < 4 ? shortWord(bytes, start, end) : view.getInt32(last, true)
    let hash = tail ^ length
    for (let at = start; at < last; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), FIBONACCI) ^ (hash >>> 15)
    const slot = Math.imul(hash, FIBONACCI) >>> this.shift
    const place = slot * SLOT_WORDS
    // Of nothing the length is that of a slot which was never filled, and so the value is undefined.
    if (this.words[place] === length && this.words[place + 1] === tail && this.isAt(place + 2, view, start, last)) {
      const value = this.values[slot]
      if (value !== undefined) return value
    }
    const value = this.make(bytes, view, start, end)
    if (value !== undefined) this.put(slot, value, length, tail, view, start, last)
    return value
  }

  private isAt(place: number, view: DataView, start: number, last: number): boolean {
    const { words } = this
    for (let at = start, to = place; at < last; at += 4, to++) if (words[to] !== view.getInt32(at, true)) return false
    return true
  }

  private put(slot: number, value: T, length: number, tail: number, view: DataView, start: number, last: number): void {
    const { words } = this
    const place = slot * SLOT_WORDS
    words[place] = length
    words[place + 1] = tail
    for (let at = start, to = place + 2; at < last; at += 4, to++) words[to] = view.getInt32(at, true)
    this.values[slot] = value
  }
}

function shortWord(bytes: Uint8Array, start: number, end: number): number {
  let word = 0
  for (let at = start; at < end; at++) word = (word << 8) | bytes[at]!
  return word
}
