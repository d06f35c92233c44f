import { RowTable } from './row-table.ts'

/** Places in an order's row: amounts, */
export const TOTAL = 0
export const FILLED = 1
export const BOOKED = 2
export const BOOKED_NOTIONAL = 3
/** words, */
export const TIME_HIGH = 0
export const TIME_LOW = 1
const HASH = 2
const BOOK = 3
/** The row of the order that came before in the same book; -1 for none. */
export const BEFORE = 4
/** and bytes. */
export const STATUS = 0
export const SIDE = 1

/** Places of a new index. It doubles when half of them are taken. */
const FIRST_PLACES = 64
/** Places that are looked at for an id. One for which they are all taken, perhaps because ids were chosen so, goes elsewhere. */
const PROBES_MAX = 32
const SPREAD = 0x9e3779b1
const NONE = -1

/** The orders of all books of a state: a row of numbers for each, and three texts; found by the book and the client order id. */
export class OrderTable extends RowTable {
  readonly ids: string[] = []
  readonly exchangeOrderIds: string[] = []
  readonly reasons: string[] = []
  /** By the lower bits of a hash, and from there on: pairs of 1 more than the row, 0 for none, and of its hash. */
  private index = new Int32Array(2 * FIRST_PLACES)
  private crowded: Map<string, number> | undefined
  private books = 0

  /** @returns the number of a new book */
  newBook(): number {
    return this.books++
  }

  /** @param hash `hashOfId(id)`. @returns the row of an id in a book; -1 if there is none */
  find(book: number, id: string, hash: number): number {
    const { index, ids } = this
    const mixed = hash ^ Math.imul(book, SPREAD)
    const mask = index.length / 2 - 1
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const at = 2 * ((mixed + probe) & mask)
      const row = index[at]! - 1
      if (row < 0) return NONE
      if (index[at + 1] === mixed && this.word(row, BOOK) === book && ids[row] === id) return row
    }
    return this.crowded?.get(nameOf(book, id)) ?? NONE
  }

  /**
   * Adds a row for an id that has none in its book; its numbers are zeros.
   * @param before the row of the order before in the same book; -1 for none
   * @returns the row
   */
  add(book: number, id: string, hash: number, before: number): number {
    const row = this.addRow()
    this.ids.push(id)
    this.exchangeOrderIds.push('')
    this.reasons.push('')
    this.setWord(row, HASH, hash ^ Math.imul(book, SPREAD))
    this.setWord(row, BOOK, book)
    this.setWord(row, BEFORE, before)
    if (4 * this.rows > this.index.length) this.growIndex()
    else this.enter(row)
    return row
  }

  private growIndex(): void {
    this.index = new Int32Array(2 * this.index.length)
    this.crowded = undefined
    for (let row = 0; row < this.rows; row++) this.enter(row)
  }

  private enter(row: number): void {
    const { index } = this
    const mixed = this.word(row, HASH)
    const mask = index.length / 2 - 1
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const at = 2 * ((mixed + probe) & mask)
      if (index[at] !== 0) continue
      index[at] = row + 1
      index[at + 1] = mixed
      return
    }
    this.crowded ??= new Map()
    this.crowded.set(nameOf(this.word(row, BOOK), this.ids[row]!), row)
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
