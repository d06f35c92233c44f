import { printable } from '../../tools/support/printable.ts'

/** Figures in rows: what the terminal prints in columns, and the page as an HTML table. */
export interface Table {
  /** Short and stable, for links: `append-cost`. */
  readonly id: string
  readonly title: string
  /** What one has to know to read it; may be empty. */
  readonly note: string
  readonly columns: readonly ColumnHead[]
  readonly rows: readonly (readonly string[])[]
}

export interface ColumnHead {
  readonly head: string
  /** Words stand to the left, figures to the right; prose may be long, and is broken where there is no room. */
  readonly kind: 'word' | 'figure' | 'prose'
}

/** A column, and how its cell is made. */
export interface Column<T> extends ColumnHead {
  readonly cell: (row: T) => string
}

export function word<T>(head: string, cell: (row: T) => string): Column<T> {
  return { head, kind: 'word', cell }
}

export function prose<T>(head: string, cell: (row: T) => string): Column<T> {
  return { head, kind: 'prose', cell }
}

export function figure<T>(head: string, cell: (row: T) => string): Column<T> {
  return { head, kind: 'figure', cell }
}

/** A table with a row for each of `rows`. */
export function tableOf<T>(
  about: Pick<Table, 'id' | 'title' | 'note'>,
  columns: readonly Column<T>[],
  rows: readonly T[],
): Table {
  return {
    ...about,
    columns: columns.map(({ head, kind }) => ({ head, kind })),
    rows: rows.map((row) => columns.map((column) => column.cell(row))),
  }
}

/** In columns of a terminal, under its title. Texts that came from elsewhere can not steer the terminal. */
export function textTable({ title, note, columns, rows }: Table): string {
  const lines = [columns.map((column) => column.head), ...rows].map((line) => line.map(printable))
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)))
  const draw = (line: readonly string[]): string =>
    line
      .map((cell, at) => (columns[at]!.kind === 'figure' ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
  const [head = '', ...body] = lines.map(draw)
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  const above = note === '' ? [title] : [title, `  ${note}`]
  return `${[...above, ...[head, rule, ...body].map((line) => `  ${line}`.trimEnd())].join('\n')}\n`
}
