import { type Decimal, decimal } from './decimal.ts'

/*
 * A row, of 64 bytes:
 *
 *   0 coefficients of four amounts, f64      32 six words, i32      56 two bytes      58 scales of the amounts, u8
 *
 * A coefficient that is no safe integer stands elsewhere: here it is NaN.
 */
const ROW_BYTES = 64
const ROW_AMOUNTS = ROW_BYTES / 8
const ROW_WORDS = ROW_BYTES / 4
const WORDS_AT = 8
const BYTES_AT = 56
const SCALES_AT = 58

/** Rows of a new table. It doubles when they are full. */
const FIRST_ROWS = 16

/**
 * The numbers of many things of one kind, a row for each: orders, or positions. There are millions of them, each event needs
 * some in places of memory that nobody looked at for long, and to wait for memory is what costs then. So what belongs
 * together stands together, where as objects it would be spread over many places; and the garbage collector has nothing to
 * look at or to move.
 */
export class RowTable {
  /** Rows that are taken. */
  rows = 0
  private amounts!: Float64Array
  private words!: Int32Array
  private bytes!: Uint8Array
  private readonly large = new Map<number, Decimal>()

  constructor() {
    this.takeMemory(FIRST_ROWS)
  }

  /** @returns a new row, all zeros */
  addRow(): number {
    const { bytes, rows } = this
    if ((rows + 1) * ROW_BYTES > bytes.length) {
      this.takeMemory(2 * rows)
      this.bytes.set(bytes)
    }
    this.rows++
    return rows
  }

  private takeMemory(rows: number): void {
    const memory = new ArrayBuffer(rows * ROW_BYTES)
    this.amounts = new Float64Array(memory)
    this.words = new Int32Array(memory)
    this.bytes = new Uint8Array(memory)
  }

  /** @param place 0 to 3 */
  amount(row: number, place: number): Decimal {
    const coefficient = this.amounts[row * ROW_AMOUNTS + place]!
    if (Number.isNaN(coefficient)) return this.large.get(row * ROW_AMOUNTS + place)!
    return decimal(coefficient, this.bytes[row * ROW_BYTES + SCALES_AT + place]!)
  }

  setAmount(row: number, place: number, value: Decimal): void {
    const { coefficient, scale } = value
    const at = row * ROW_AMOUNTS + place
    if (typeof coefficient === 'number' && scale <= 0xff) {
      this.amounts[at] = coefficient
      this.bytes[row * ROW_BYTES + SCALES_AT + place] = scale
    } else {
      this.amounts[at] = Number.NaN
      this.large.set(at, value)
    }
  }

  /** @param place 0 to 5 */
  word(row: number, place: number): number {
    return this.words[row * ROW_WORDS + WORDS_AT + place]!
  }

  setWord(row: number, place: number, value: number): void {
    this.words[row * ROW_WORDS + WORDS_AT + place] = value
  }

  /** @param place 0 or 1 */
  byte(row: number, place: number): number {
    return this.bytes[row * ROW_BYTES + BYTES_AT + place]!
  }

  setByte(row: number, place: number, value: number): void {
    this.bytes[row * ROW_BYTES + BYTES_AT + place] = value
  }
}
