import { type ForeignText, textOf } from '../foreign-text.ts'

/**
 * Walks over a payload as the original did: a field for which no room is left is empty or zero, and so is a text longer than
 * what is left, of which only the length is passed over. It never reads past the end. Unlike there, the first such field is
 * remembered: a payload whose checksum holds has none.
 */
export class PayloadCursor {
  /** What is wrong with the payload, in words. */
  fault: string | undefined
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #end: number
  #at: number

  /** @param view of the same memory as `bytes`, so that one index means the same in both */
  constructor(bytes: Buffer, view: DataView, start: number, end: number) {
    this.#bytes = bytes
    this.#view = view
    this.#at = start
    this.#end = end
  }

  get bytesLeft(): number {
    return this.#end - this.#at
  }

  text(field: string): ForeignText {
    const length = this.#take(4) ? this.#view.getUint32(this.#at - 4, true) : this.#miss(field)
    if (length > this.bytesLeft) {
      this.fault ??= `the ${field} has ${length} bytes, of which ${this.bytesLeft} are left`
      return ''
    }
    this.#at += length
    return length === 0 ? '' : textOf(this.#bytes, this.#view, this.#at - length, this.#at)
  }

  double(field: string): number {
    return this.#take(8) ? this.#view.getFloat64(this.#at - 8, true) : this.#miss(field)
  }

  time(field: string): bigint {
    return this.#take(8) ? this.#view.getBigInt64(this.#at - 8, true) : BigInt(this.#miss(field))
  }

  byte(field: string): number {
    return this.#take(1) ? this.#bytes[this.#at - 1]! : this.#miss(field)
  }

  count(field: string): number {
    return this.#take(4) ? this.#view.getUint32(this.#at - 4, true) : this.#miss(field)
  }

  /** A double behind a byte that says whether it counts. */
  optional(field: string): number | null {
    const isThere = this.byte(field) !== 0
    const value = this.double(field)
    return isThere ? value : null
  }

  rest(): Uint8Array {
    const start = this.#at
    this.#at = this.#end
    return Uint8Array.from(this.#bytes.subarray(start, this.#end))
  }

  /** To be called once all fields are read. */
  finish(): void {
    if (this.bytesLeft > 0) this.fault ??= `${this.bytesLeft} bytes stand behind its last field`
  }

  #take(bytes: number): boolean {
    if (this.bytesLeft < bytes) return false
    this.#at += bytes
    return true
  }

  #miss(field: string): 0 {
    this.fault ??= `it ends before the ${field}`
    return 0
  }
}
