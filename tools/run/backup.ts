import { type ArchiveReport, archiveLog } from '../../src/archive/archive-log.ts'
import { openTarget } from '../../src/archive/open-target.ts'
import { describeBackup } from '../output/backup-lines.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { requireLog } from '../support/log-path.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface BackupFlags {
  readonly archive: string
  readonly compress?: true
  readonly full?: true
  readonly json?: true
}

export async function backup(dir: string, flags: BackupFlags, output: Output): Promise<number> {
  const { archive, compress = false, full = false, json } = flags
  requireLog(dir)
  const report = await archiveLog(dir, await openTarget(archive, '--archive'), { compress, full })
  if (json) output.line(printable(JSON.stringify(report)))
  else for (const line of linesOf(report)) output.line(printable(line))
  await output.flush()
  return report.passedOver.length === 0 && report.gap === null ? EXIT_FINE : EXIT_NO
}

function linesOf({ archive, backups, lastLsn, gap, passedOver }: ArchiveReport): string[] {
  return [
    ...backups.map(describeBackup),
    ...(gap === null ? [] : [`LSN ${gap.from} to ${gap.to} were retired before they were archived`]),
    ...passedOver.map(({ name, reason }) => `${name} is not archived: ${reason}`),
    `${backups.length === 0 ? 'nothing is new; ' : ''}${archive} holds the log up to LSN ${lastLsn}`,
  ]
}
