import { LineFields } from './line-fields.ts'
import type { RawLine } from './line-splitter.ts'
import { type OrderJsonlWarning, warningsOf } from './line-warnings.ts'
import { type Reading, readOrder } from './order-reading.ts'
import { StreamCheck } from './stream-check.ts'
import { skipSpace } from './text-search.ts'

/** What a line that is not blank tells. */
export interface LineReading {
  readonly reading: Reading
  readonly warnings: readonly OrderJsonlWarning[]
  readonly isVersion4: boolean
}

const NO_WARNINGS: readonly OrderJsonlWarning[] = []

/** Reads the lines of a file in turn. */
export class LineReader {
  /** Lines that are not blank, so far. */
  lines = 0
  readonly check: StreamCheck = new StreamCheck()
  /** Of the line read last. */
  readonly fields: LineFields = new LineFields()

  /** @returns `undefined` for a blank line */
  read(line: RawLine): LineReading | undefined {
    this.fields.load(line)
    const isVersion4 = this.check.take(line, this.fields)
    if (!line.isTooLong && skipSpace(line.text, 0) === line.text.length) return undefined
    this.lines++
    const reading = this.#readingOf(line, isVersion4)
    return { reading, warnings: this.#warningsOf(line, reading), isVersion4 }
  }

  #readingOf(line: RawLine, isVersion4: boolean): Reading {
    if (line.isTooLong)
      return { is: 'error', reason: `the line has ${line.bytes} bytes, more than are taken into memory` }
    return readOrder(this.fields, isVersion4)
  }

  #warningsOf(line: RawLine, reading: Reading): readonly OrderJsonlWarning[] {
    const isOrdinary =
      line.isEnded && !line.isTooLong && this.fields.isRegular && (reading.is !== 'event' || reading.oddities === 0)
    return isOrdinary ? NO_WARNINGS : warningsOf(line, this.fields, reading)
  }
}
