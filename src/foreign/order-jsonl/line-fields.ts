import { markerOf } from './fields.ts'
import type { RawLine } from './line-splitter.ts'
import { parseDigits, parseDouble, parseInt64, UINT64_MAX, type Whole } from './numbers.ts'
import { RegularLine } from './regular-line.ts'
import { findRaw, findUnsigned } from './text-search.ts'

const QUOTE = 0x22

/** The fields of one line at a time, as the original's search by text gives them. */
export class LineFields {
  /** Whether the line is a flat object, each field at most once: then there is nothing to doubt about where a field stands. */
  isRegular = false
  /** One character per byte, without the line feed. */
  line = ''
  readonly #spans: RegularLine = new RegularLine()

  load({ text, buffer, start, end }: RawLine): void {
    this.line = text
    this.isRegular = this.#spans.read(buffer, start, end)
  }

  /** Whether a text may have an escape. */
  get hasEscape(): boolean {
    return this.isRegular ? this.#spans.hasEscape : true
  }

  /** The text of a field's value, escapes and all; `undefined` if there is none that can be read. */
  raw(field: number): string | undefined {
    if (!this.isRegular) return findRaw(this.line, field)
    const start = this.#spans.starts[field]!
    return start === 0 ? undefined : this.line.slice(start, this.#spans.ends[field])
  }

  /** A field's value as a 64-bit integer. */
  int64(field: number): Whole | undefined {
    if (!this.isRegular) {
      const raw = findRaw(this.line, field)
      return raw === undefined ? undefined : parseInt64(raw, 0, raw.length)
    }
    const start = this.#spans.starts[field]!
    return start === 0 ? undefined : parseInt64(this.line, start, this.#spans.ends[field]!)
  }

  double(field: number): number | undefined {
    const raw = this.raw(field)
    return raw === undefined ? undefined : parseDouble(raw)
  }

  /** A field's value of digits alone, without quotes, up to 2^64 − 1: so the check of version 4 reads numbers. */
  unsigned(field: number): Whole | undefined {
    const digits = this.isRegular ? this.#bare(field) : findUnsigned(this.line, field)
    const value = digits === undefined ? undefined : parseDigits(digits, 0, digits.length)
    return value !== undefined && value <= UINT64_MAX ? value : undefined
  }

  /** Whether the field stands in the line, readable or not. */
  has(field: number): boolean {
    return this.isRegular ? this.#spans.starts[field] !== 0 : this.line.includes(markerOf(field))
  }

  #bare(field: number): string | undefined {
    const start = this.#spans.starts[field]!
    const isBare = start !== 0 && this.line.charCodeAt(start - 1) !== QUOTE
    return isBare ? this.line.slice(start, this.#spans.ends[field]) : undefined
  }
}
