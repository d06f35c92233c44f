import { openTarget } from '../../src/archive/open-target.ts'
import { restoreLog } from '../../src/archive/restore-log.ts'
import type { RestoreReport } from '../../src/archive/restore-report.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { refuseCombination } from '../support/failure.ts'
import { formatBytes, formatShare, plural } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { Progress } from '../support/progress.ts'

export interface RestoreFlags {
  readonly archive: string
  readonly output: string
  readonly timestamp?: bigint
  readonly lsn?: number
  readonly backupId?: string
  readonly exclusive?: true
  readonly dryRun?: true
  readonly validate?: boolean
  readonly reducer?: 'trading'
  readonly stagingDir?: string
  readonly json?: true
}

export async function restore(flags: RestoreFlags, output: Output): Promise<number> {
  const { archive, output: dir, timestamp, lsn, backupId, exclusive, dryRun, validate = true, stagingDir, json } = flags
  refuseSecondTarget(flags)
  const checks: string[] = []
  const inspect = flags.reducer && (await checksInto(checks, timestamp))
  if (inspect !== undefined && !validate) throw refuseCombination('--reducer', '--no-validate')
  if (inspect !== undefined && dryRun) throw refuseCombination('--reducer', '--dry-run')
  const progress = new Progress()
  const report = await restoreLog(await openTarget(archive, '--archive'), {
    output: dir,
    validate,
    ...(inspect === undefined ? {} : { inspect }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(lsn === undefined ? {} : { lsn }),
    ...(backupId === undefined ? {} : { backupId }),
    ...(exclusive === undefined ? {} : { exclusive }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(stagingDir === undefined ? {} : { stagingDir }),
    onProgress: (done, total) => progress.update(() => `restoring: ${formatShare(done, total)}`),
  }).finally(() => progress.clear())
  if (json) output.line(printable(JSON.stringify(report)))
  else for (const line of [...checks, ...linesOf(report)]) output.line(printable(line))
  await output.flush()
  return report.reached && report.complete ? EXIT_FINE : EXIT_NO
}

/** Only who asks for it loads what it takes to rebuild a state. */
async function checksInto(
  checks: string[],
  timestamp: bigint | undefined,
): Promise<(dir: string, firstLsn: number) => Promise<void>> {
  const { checkRestored } = await import('../service/check-restored.ts')
  return async (dir, firstLsn) => {
    checks.push(...(await checkRestored(dir, firstLsn, timestamp)))
  }
}

function refuseSecondTarget({ timestamp, lsn, backupId }: RestoreFlags): void {
  const given = Object.entries({ '--timestamp': timestamp, '--lsn': lsn, '--backup-id': backupId })
  const [one, other] = given.filter(([, value]) => value !== undefined)
  if (one !== undefined && other !== undefined) throw refuseCombination(one[0], other[0])
}

function linesOf(report: RestoreReport): string[] {
  const { backups, objects, bytes, problems, dryRun, checkpoints, reached, complete, cutsBatch } = report
  return [
    ...problems.map(({ object, reason }) => `passed over: ${object}: ${reason}`),
    `from ${namesOf(backups)}: ${plural(objects, 'object')}, ${formatBytes(bytes)}`,
    ...checkpoints.map((name) => `with checkpoint ${name}`),
    ...(cutsBatch ? ['the target lies in an atomic batch, which is left out: it counts whole or not at all'] : []),
    ...(complete
      ? []
      : ['what came before is not there, and no checkpoint of it: the state can not be rebuilt from this log']),
    ...(reached ? [] : ['the archive had more, up to the target, which can not be used: these records are lost']),
    dryRun ? planned(report) : done(report),
  ]
}

function namesOf(backups: readonly string[]): string {
  const [first, last] = [backups[0]!, backups.at(-1)!]
  return backups.length === 1 ? `backup ${first}` : `${backups.length} backups, ${first} to ${last}`
}

function planned({ firstLsn, lastLsn, output }: RestoreReport): string {
  const to = lastLsn === null ? 'the last record before the target' : String(lastLsn)
  return `LSN ${firstLsn} to ${to} would be restored to ${output}; nothing was changed`
}

function done({ firstLsn, lastLsn, lastTime, output, originals, validated }: RestoreReport): string {
  const kept = originals === null ? '' : `; what was there is in ${originals}`
  const checked = validated ? 'verified' : 'NOT verified'
  return `restored LSN ${firstLsn} to ${lastLsn}, of ${lastTime ?? 'no time'}, to ${output}, ${checked}${kept}`
}
