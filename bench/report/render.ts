import { printable } from '../../tools/support/printable.ts'
import type { BenchResult, Claim } from '../result.ts'
import { aboutRun, warnings } from './about-run.ts'
import { claimCount, resultTables, skippedTable } from './result-tables.ts'
import { textTable } from './table.ts'

/** The result as text for a terminal: the machine, a table for each group of figures, a line for each claim. */
export function render(result: BenchResult): string {
  const { skipped, claims } = result
  const parts = [aboutLines(result), ...resultTables(result).map(textTable)]
  if (skipped.length > 0) parts.push(textTable(skippedTable(skipped)))
  if (claims.length > 0) parts.push(claimLines(claims))
  return parts.join('\n')
}

function aboutLines(result: BenchResult): string {
  const facts = aboutRun(result).map(([name, text]) => `${name.padEnd(13)} ${printable(text)}`)
  return `${[...facts, ...warnings(result)].join('\n')}\n`
}

function claimLines(claims: readonly Claim[]): string {
  return `${[...claims.map(claimLine), claimCount(claims)].join('\n')}\n`
}

function claimLine({ name, target, measured, holds }: Claim): string {
  return `${holds ? 'holds: ' : 'MISSED:'} ${printable(name)}: ${printable(measured)}, asked: ${printable(target)}`
}
