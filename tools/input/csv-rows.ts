import { isUtf8 } from 'node:buffer'
import { CsvError, type Options, parse } from 'csv-parse/sync'
import { CsvSplitter, type RawRow } from './csv-split.ts'
import { type InputItem, type InputParser, LINE_BYTES_MAX, type LineBlock } from './input-item.ts'

export interface CsvSettings {
  /** Names of the columns; rows become maps. */
  readonly columns: readonly string[] | undefined
  /** Whether the first row holds the names. */
  readonly header: boolean
  /** Whether every field stays a string. */
  readonly strings: boolean
}

const OPTIONS: Options = { record_delimiter: ['\r\n', '\n'], relax_column_count: true, skip_empty_lines: true }

/** csv-parse's own messages count lines from the row, which would mislead. */
const FAULTS: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: 'a quote stands inside a field that is not quoted',
  CSV_INVALID_CLOSING_QUOTE: 'a quoted field goes on behind its closing quote',
}

/** CSV as of RFC 4180: each row an array of its fields or, with names, a map. Rows of arrays may differ in length. */
export class CsvRows implements InputParser {
  private readonly splitter = new CsvSplitter()
  private readonly strings: boolean
  private columns: readonly string[] | undefined
  private awaitsHeader: boolean

  constructor(settings: CsvSettings) {
    this.strings = settings.strings
    this.columns = settings.columns
    this.awaitsHeader = settings.header
  }

  parse(block: LineBlock): readonly InputItem[] {
    const items = this.items(this.splitter.rows(block))
    items.push(...this.unclosed(false))
    return items
  }

  end(): readonly InputItem[] {
    return this.unclosed(true)
  }

  private unclosed(isLast: boolean): readonly InputItem[] {
    const line = this.splitter.unclosed(isLast)
    if (line === undefined) return []
    const within = isLast ? 'before the end of the input' : `within ${LINE_BYTES_MAX} bytes`
    return [{ line, fault: `a quoted field is not closed ${within}`, isFatal: true }]
  }

  private items(rows: readonly RawRow[]): InputItem[] {
    const fields = parseTogether(rows)
    const items: InputItem[] = []
    for (const [i, row] of rows.entries()) {
      const own = fields?.[i] ?? parseAlone(row)
      if (typeof own === 'string') items.push({ line: row.line, fault: own, isFatal: this.awaitsHeader })
      else this.add(items, row.line, own)
    }
    return items
  }

  private add(items: InputItem[], line: number, fields: string[]): void {
    if (this.awaitsHeader) {
      this.awaitsHeader = false
      this.columns = fields
      const isTwice = new Set(fields).size !== fields.length
      if (isTwice) items.push({ line, fault: 'the header names a column twice', isFatal: true })
      return
    }
    const values = this.strings ? fields : fields.map(fieldValue)
    const { columns } = this
    if (columns === undefined) items.push({ line, value: values })
    else if (columns.length === values.length) items.push({ line, value: toMap(columns, values) })
    else items.push({ line, fault: `it has ${values.length} fields for ${columns.length} columns` })
  }
}

/** All rows in one call; undefined if any of them is at fault: then each must be looked at by itself. */
function parseTogether(rows: readonly RawRow[]): string[][] | undefined {
  const bytes = Buffer.concat(rows.map((row) => row.bytes))
  if (!isUtf8(bytes)) return undefined
  try {
    const fields = parse(bytes, OPTIONS) as unknown as string[][]
    return fields.length === rows.length ? fields : undefined
  } catch (error) {
    if (error instanceof CsvError) return undefined
    throw error
  }
}

/** The fields of a row, or what is wrong with it. */
function parseAlone(row: RawRow): string[] | string {
  if (!isUtf8(row.bytes)) return 'it is not UTF-8'
  try {
    const [fields] = parse(row.bytes, OPTIONS) as unknown as string[][]
    return fields ?? 'it has no fields'
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return FAULTS[error.code] ?? error.message
  }
}

/** A number where nothing of the text is lost by it, so that the text can be told from the number again; else the text. */
function fieldValue(field: string): string | number {
  if (field === '') return field
  const value = Number(field)
  return String(value) === field && isPlain(value) ? value : field
}

/** NaN and Infinity may be names; and of integers past 2^53 only some would become numbers, their neighbours not. */
function isPlain(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}

function toMap(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const map: Record<string, unknown> = {}
  for (const [i, column] of columns.entries()) map[column] = values[i]
  return map
}
