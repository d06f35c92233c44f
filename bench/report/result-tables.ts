import type { BenchResult, Claim, Skipped } from '../result.ts'
import { appendCostTables, latencyTables, openLoopTables } from './latency-tables.ts'
import { peerTables } from './peer-tables.ts'
import { lifetimeTables, microTables, readingTables } from './reading-tables.ts'
import { prose, type Table, tableOf, word } from './table.ts'
import { diskTables, throughputTables } from './throughput-tables.ts'

/** A table for each group of figures that the result holds: an empty one is left out. */
export function resultTables(result: BenchResult): Table[] {
  const tables = [
    throughputTables(result),
    appendCostTables(result),
    latencyTables(result),
    openLoopTables(result),
    diskTables(result),
    lifetimeTables(result),
    readingTables(result),
    microTables(result),
    peerTables(result),
  ]
  return tables.flat().filter((table) => table.rows.length > 0)
}

export function skippedTable(skipped: readonly Skipped[]): Table {
  const columns = [word<Skipped>('what', ({ what }) => what), prose<Skipped>('why', ({ reason }) => reason)]
  return tableOf({ id: 'skipped', title: 'Not measured', note: '' }, columns, skipped)
}

/** "11 of 12 claims hold". */
export function claimCount(claims: readonly Claim[]): string {
  return `${claims.filter((claim) => claim.holds).length} of ${claims.length} claims hold`
}
