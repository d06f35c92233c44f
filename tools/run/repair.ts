import { type RepairOptions, repairLog } from '../../src/repair/index.ts'
import { describeRepair } from '../output/repair-report.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { refuseCombination, refuseOption } from '../support/failure.ts'
import { formatShare } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { Progress } from '../support/progress.ts'

export interface RepairFlags {
  readonly output?: string
  readonly inPlace?: true
  readonly dryRun?: true
  readonly truncateAt?: number
  readonly dropSegment?: readonly number[]
  readonly fixSingleBit?: true
  readonly workers?: number
  readonly json?: true
}

export async function repair(dir: string, flags: RepairFlags, output: Output): Promise<number> {
  const { json, output: target, inPlace, dryRun } = flags
  if (target !== undefined && inPlace) throw refuseCombination('--output', '--in-place')
  if (target === undefined && !inPlace && !dryRun)
    throw refuseOption('--output', '', 'a new directory, or --in-place or --dry-run instead')
  const progress = new Progress()
  const onProgress = (done: number, total: number): void =>
    progress.update(() => `repairing: ${formatShare(done, total)}`)
  const report = await repairLog(dir, { ...repairOptions(flags), onProgress }).finally(() => progress.clear())
  if (json) output.line(printable(JSON.stringify(report)))
  else for (const line of describeRepair(report)) output.line(line)
  await output.flush()
  return report.clean ? EXIT_FINE : EXIT_NO
}

/** Only what was given: an option that is there but undefined is no option. */
function repairOptions(flags: RepairFlags): RepairOptions {
  const { output, inPlace, dryRun, truncateAt, dropSegment, fixSingleBit, workers } = flags
  return {
    ...(output === undefined ? {} : { output }),
    ...(inPlace === undefined ? {} : { inPlace }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(truncateAt === undefined ? {} : { truncateAt }),
    ...(dropSegment === undefined ? {} : { dropSegments: dropSegment }),
    ...(fixSingleBit === undefined ? {} : { fixSingleBit }),
    ...(workers === undefined ? {} : { workers }),
  }
}
