import type { BackupSummary } from '../../src/archive/catalog.ts'
import { formatBytes, plural } from '../support/format.ts'

/** A backup in one line. */
export function describeBackup({ id, kind, created, firstLsn, lastLsn, objects, storedBytes }: BackupSummary): string {
  const lsns = lastLsn === 0 ? 'no records' : `LSN ${firstLsn} to ${lastLsn}`
  return `${created}  ${id}  ${kind.padEnd(11)}  ${lsns}, ${plural(objects, 'object')}, ${formatBytes(storedBytes)}`
}
