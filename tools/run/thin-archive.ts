import type { KeepPolicy } from '../../src/archive/keep-policy.ts'
import { openTarget } from '../../src/archive/open-target.ts'
import { type ThinReport, thinArchive } from '../../src/archive/thin-archive.ts'
import { describeBackup } from '../output/backup-lines.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { refuseOption } from '../support/failure.ts'
import { formatBytes, plural } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface ThinFlags extends KeepPolicy {
  readonly archive: string
  readonly dryRun?: true
  readonly json?: true
}

export async function thin({ archive, json, ...flags }: ThinFlags, output: Output): Promise<number> {
  const { dryRun, ...policy } = flags
  if (!Object.values(policy).some((keep) => keep > 0))
    throw refuseOption(
      '--keep-last',
      'none',
      'at least one of --keep-last, --keep-daily, --keep-monthly, --keep-yearly',
    )
  const report = await thinArchive(await openTarget(archive, '--archive'), flags)
  if (json) output.line(printable(JSON.stringify(report)))
  else for (const line of linesOf(report)) output.line(printable(line))
  await output.flush()
  return report.problems.length === 0 ? EXIT_FINE : EXIT_NO
}

function linesOf({ kept, givenUp, objects, bytes, dryRun, problems }: ThinReport): string[] {
  const did = dryRun ? 'would be given up' : 'given up'
  return [
    ...kept.map((one) => `${describeBackup(one)}  kept: ${one.reasons.join(', ')}`),
    ...givenUp.map((one) => `${describeBackup(one)}  ${did}`),
    ...problems.map(({ object, reason }) => `can not be used, and stays: ${object}: ${reason}`),
    `${plural(kept.length, 'backup')} kept, ${givenUp.length} ${did}: ${plural(objects, 'object')}, ${formatBytes(bytes)}`,
  ]
}
