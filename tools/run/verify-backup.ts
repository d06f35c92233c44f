import { openTarget } from '../../src/archive/open-target.ts'
import { type ArchiveVerification, verifyArchive } from '../../src/archive/verify-archive.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { formatBytes, plural } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface VerifyBackupFlags {
  readonly archive: string
  readonly backupId?: string
  readonly json?: true
}

export async function verifyBackup({ archive, backupId, json }: VerifyBackupFlags, output: Output): Promise<number> {
  const found = await verifyArchive(await openTarget(archive, '--archive'), backupId)
  if (json) output.line(printable(JSON.stringify(found)))
  else for (const line of linesOf(found)) output.line(printable(line))
  await output.flush()
  return found.ok ? EXIT_FINE : EXIT_NO
}

function linesOf({ checks, backups, backupsPassed, objects, bytes, leftovers, ok }: ArchiveVerification): string[] {
  const read = `${plural(objects, 'object')}, ${formatBytes(bytes)}`
  const left = leftovers.length === 0 ? '' : `; ${leftovers.length} of runs that did not end, which nothing needs`
  return [
    ...checks.map(({ check, pass, message }) => `${check}: ${pass ? 'PASS' : 'FAIL'}: ${message}`),
    `summary: ${ok ? 'PASS' : 'FAIL'}: ${backupsPassed} of ${plural(backups, 'backup')} verify; read ${read}${left}`,
  ]
}
