import { type Decimal, decimal } from './decimal.ts'

/*
 * The numbers of one order stand in one row of 64 bytes:
 *
 *   0 coefficients of four amounts, f64      32 time, i32 high, i32 low      40 hash i32      44 next i32
 *  48 book i32      52 number of the order before in its book, i32      56 status u8      57 side u8
 *  58 scales of the four amounts, u8
 *
 * The hash is that of the id and the book. `next` is the row that follows among those whose hashes share a place in the
 * index, -1 for none. A coefficient that is no safe integer stands elsewhere: here it is NaN.
 */
const ROW_BYTES = 64
const ROW_AMOUNTS = ROW_BYTES / 8
const ROW_WORDS = ROW_BYTES / 4
export const TIME_HIGH_WORD = 8
export const TIME_LOW_WORD = 9
const HASH_WORD = 10
const NEXT_WORD = 11
const BOOK_WORD = 12
/** The row of the order that came before in the same book; -1 for none. */
export const BEFORE_WORD = 13
export const STATUS_BYTE = 56
export const SIDE_BYTE = 57
const SCALE_BYTE = 58

/** Places of amounts in a row. */
export const TOTAL = 0
export const FILLED = 1
export const BOOKED = 2
export const BOOKED_NOTIONAL = 3

/** Rows of a new table. It doubles when they are full. */
const FIRST_ROWS = 64
/** Rows that share a place in the index. Ids that were chosen to share one go where no choice helps. */
const SHARED_MAX = 16
const SPREAD = 0x9e3779b1
const NONE = -1

/**
 * The orders of all books of a state. For millions of them: an order is a row of numbers and three texts, and no object, so
 * that the garbage collector has nothing to look at or to move but the texts; and it is found by a hash of its own, where an
 * entry of a Map would be spread over several objects.
 */
export class OrderTable {
  readonly ids: string[] = []
  readonly exchangeOrderIds: string[] = []
  readonly reasons: string[] = []
  private amounts!: Float64Array
  private words!: Int32Array
  private bytes!: Uint8Array
  /** By the lower bits of a hash: the row that came last. */
  private index!: Int32Array
  private crowded: Map<string, number> | undefined
  private readonly large = new Map<number, Decimal>()
  private books = 0

  constructor() {
    this.takeMemory(FIRST_ROWS)
  }

  /** @returns the number of a new book */
  newBook(): number {
    return this.books++
  }

  /** @param hash `hashOfId(id)`. @returns the row of an id in a book; -1 if there is none */
  find(book: number, id: string, hash: number): number {
    const { words, ids, index, crowded } = this
    const mixed = hash ^ Math.imul(book, SPREAD)
    for (let row = index[mixed & (index.length - 1)]!; row !== NONE; ) {
      const at = row * ROW_WORDS
      if (words[at + HASH_WORD] === mixed && words[at + BOOK_WORD] === book && ids[row] === id) return row
      row = words[at + NEXT_WORD]!
    }
    return crowded?.get(nameOf(book, id)) ?? NONE
  }

  /**
   * Adds a row for an id that has none in its book; its numbers are zeros.
   * @param before the row of the order before in the same book; -1 for none
   * @returns the row
   */
  add(book: number, id: string, hash: number, before: number): number {
    const row = this.ids.length
    if (row === this.index.length) this.grow()
    this.ids.push(id)
    this.exchangeOrderIds.push('')
    this.reasons.push('')
    const at = row * ROW_WORDS
    this.words[at + HASH_WORD] = hash ^ Math.imul(book, SPREAD)
    this.words[at + BOOK_WORD] = book
    this.words[at + BEFORE_WORD] = before
    this.enter(row)
    return row
  }

  private enter(row: number): void {
    const { words, index } = this
    const at = row * ROW_WORDS
    const place = words[at + HASH_WORD]! & (index.length - 1)
    if (this.isCrowded(index[place]!)) {
      this.crowded ??= new Map()
      this.crowded.set(nameOf(words[at + BOOK_WORD]!, this.ids[row]!), row)
      return
    }
    words[at + NEXT_WORD] = index[place]!
    index[place] = row
  }

  private isCrowded(first: number): boolean {
    let count = 0
    for (let row = first; row !== NONE; row = this.words[row * ROW_WORDS + NEXT_WORD]!) count++
    return count >= SHARED_MAX
  }

  private grow(): void {
    const { bytes } = this
    this.takeMemory(2 * this.index.length)
    this.bytes.set(bytes)
    this.crowded = undefined
    for (let row = 0; row < this.ids.length; row++) this.enter(row)
  }

  private takeMemory(rows: number): void {
    const memory = new ArrayBuffer(rows * ROW_BYTES)
    this.amounts = new Float64Array(memory)
    this.words = new Int32Array(memory)
    this.bytes = new Uint8Array(memory)
    this.index = new Int32Array(rows).fill(NONE)
  }

  /** @param place TOTAL, FILLED, … */
  amount(row: number, place: number): Decimal {
    const coefficient = this.amounts[row * ROW_AMOUNTS + place]!
    if (Number.isNaN(coefficient)) return this.large.get(row * ROW_AMOUNTS + place)!
    return decimal(coefficient, this.bytes[row * ROW_BYTES + SCALE_BYTE + place]!)
  }

  setAmount(row: number, place: number, value: Decimal): void {
    const { coefficient, scale } = value
    const at = row * ROW_AMOUNTS + place
    if (typeof coefficient === 'number' && scale <= 0xff) {
      this.amounts[at] = coefficient
      this.bytes[row * ROW_BYTES + SCALE_BYTE + place] = scale
    } else {
      this.amounts[at] = Number.NaN
      this.large.set(at, value)
    }
  }

  /** @param place TIME_HIGH_WORD, TIME_LOW_WORD or BEFORE_WORD */
  word(row: number, place: number): number {
    return this.words[row * ROW_WORDS + place]!
  }

  setWord(row: number, place: number, value: number): void {
    this.words[row * ROW_WORDS + place] = value
  }

  /** @param place STATUS_BYTE or SIDE_BYTE */
  byte(row: number, place: number): number {
    return this.bytes[row * ROW_BYTES + place]!
  }

  setByte(row: number, place: number, value: number): void {
    this.bytes[row * ROW_BYTES + place] = value
  }
}

const PRIME = 0x01000193

/** 32 bits of a client order id. */
export function hashOfId(id: string): number {
  let hash = 0x811c9dc5 | 0
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), PRIME)
  // Of a product, the upper bits are the better mixed ones; the index looks at the lower.
  return hash ^ (hash >>> 15)
}

function nameOf(book: number, id: string): string {
  return `${book} ${id}`
}
