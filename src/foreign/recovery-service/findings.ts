/** What checks find, in the order in which it is told. */
import type { Cell } from '../../trading/service-columns.ts'
import { floatText } from '../python/python-number.ts'

export interface Findings {
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** `str(cell)` of a column of real numbers, or of text. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return 'None'
  return typeof cell === 'number' ? floatText(cell) : String(cell)
}

/** A number that can be reckoned with; undefined for what is none. */
export function numberIn(cell: Cell | undefined): number | undefined {
  return typeof cell === 'number' ? cell : undefined
}
