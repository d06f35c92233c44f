import { listBackups } from '../../src/archive/list-backups.ts'
import { openTarget } from '../../src/archive/open-target.ts'
import { describeBackup } from '../output/backup-lines.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface ListFlags {
  readonly archive: string
  readonly days?: number
  readonly json?: true
}

const DAY_MS = 86_400_000

export async function list({ archive, days, json }: ListFlags, output: Output): Promise<number> {
  const since = days === undefined ? 0 : Date.now() - days * DAY_MS
  const listing = await listBackups(await openTarget(archive, '--archive'), since)
  if (json) output.line(printable(JSON.stringify(listing)))
  else {
    for (const one of listing.backups)
      output.line(printable(`${describeBackup(one)}${one.ok ? '' : '  CAN NOT BE USED'}`))
    for (const { object, reason } of listing.problems) output.line(printable(`${object}: ${reason}`))
  }
  await output.flush()
  return listing.problems.length === 0 ? EXIT_FINE : EXIT_NO
}
