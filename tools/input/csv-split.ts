import { LINE_BYTES_MAX, type LineBlock } from './input-item.ts'

const NEWLINE = 10
const RETURN = 13
const QUOTE = 34
const COMMA = 44

/** The bytes of one CSV row, with its line end. */
export interface RawRow {
  readonly bytes: Buffer
  /** Line on which it begins. */
  readonly line: number
}

/**
 * Finds where CSV rows end: at a line end outside quotes (RFC 4180). csv-parse holds back the end of its input until it
 * knows more; by handing it whole rows, each row is there as soon as its line is, and each fault has its line.
 */
export class CsvSplitter {
  /** What earlier blocks held of a row that a quoted field keeps open. */
  private open: Buffer[] = []
  private openBytes = 0
  private openLine = 0
  private isQuoted = false
  /** Whether a quote here would open a field: at its start, or where it was just closed, which is a doubled quote. */
  private mayOpen = true

  /** The rows that end in the block, without empty lines. */
  rows({ bytes, line }: LineBlock): readonly RawRow[] {
    const rows: RawRow[] = []
    let start = 0
    let rowLine = this.open.length > 0 ? this.openLine : line
    let nextLine = line
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (byte === NEWLINE) nextLine++
      if (this.isRowEnd(byte) || (at === bytes.length - 1 && !this.isQuoted)) {
        this.take(rows, bytes.subarray(start, at + 1), rowLine)
        start = at + 1
        rowLine = nextLine
      }
    }
    if (start < bytes.length) this.keep(bytes.subarray(start), rowLine)
    return rows
  }

  /** The first line of a row that is not at its end and, being too long or the last, never will be. */
  unclosed(isLast: boolean): number | undefined {
    return this.open.length > 0 && (isLast || this.openBytes > LINE_BYTES_MAX) ? this.openLine : undefined
  }

  private isRowEnd(byte: number): boolean {
    if (byte === QUOTE) {
      const wasQuoted = this.isQuoted
      this.isQuoted = !wasQuoted && this.mayOpen
      this.mayOpen = wasQuoted
    } else if (!this.isQuoted) {
      this.mayOpen = byte === COMMA || byte === NEWLINE
      return byte === NEWLINE
    }
    return false
  }

  private take(rows: RawRow[], last: Buffer, line: number): void {
    const bytes = this.open.length > 0 ? Buffer.concat([...this.open, last]) : last
    this.open = []
    this.openBytes = 0
    if (!isEmptyLine(bytes)) rows.push({ bytes, line })
  }

  private keep(bytes: Buffer, line: number): void {
    this.open.push(bytes)
    this.openBytes += bytes.length
    this.openLine = line
  }
}

function isEmptyLine(bytes: Buffer): boolean {
  return bytes[0] === NEWLINE || (bytes.length === 2 && bytes[0] === RETURN && bytes[1] === NEWLINE)
}
