import { salvageFiles } from '../../src/repair/index.ts'
import { describeRepair } from '../output/repair-report.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { refuseOption } from '../support/failure.ts'
import { formatShare } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { Progress } from '../support/progress.ts'

export interface SalvageFlags {
  readonly output?: string
  readonly dryRun?: true
  readonly logId?: string
  readonly workers?: number
  readonly json?: true
}

export async function salvage(files: readonly string[], flags: SalvageFlags, output: Output): Promise<number> {
  const { json, output: target, dryRun, logId, workers } = flags
  if (target === undefined && !dryRun) throw refuseOption('--output', '', 'a new directory, or --dry-run instead')
  const progress = new Progress()
  const report = await salvageFiles(files, {
    ...(target === undefined ? {} : { output: target }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(logId === undefined ? {} : { logId }),
    ...(workers === undefined ? {} : { workers }),
    onProgress: (done, total) => progress.update(() => `salvaging: ${formatShare(done, total)}`),
  }).finally(() => progress.clear())
  if (json) output.line(printable(JSON.stringify(report)))
  else for (const line of describeRepair(report)) output.line(line)
  await output.flush()
  return report.clean ? EXIT_FINE : EXIT_NO
}
