import type { Command } from 'commander'
import { salvageFiles } from '../src/repair/index.ts'
import { describeRepair } from './output/repair-report.ts'
import { EXIT_FINE, EXIT_NO } from './support/exit.ts'
import { refuseOption } from './support/failure.ts'
import { formatShare } from './support/format.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { printable } from './support/printable.ts'
import { Progress } from './support/progress.ts'

interface SalvageArguments {
  readonly output?: string
  readonly dryRun?: true
  readonly logId?: string
  readonly workers?: number
  readonly json?: true
}

const EXAMPLES = `
Takes every record that verifies, also such as no mark proves durable, and also where headers are lost. The files are only
read. Exit codes: 0 nothing was lost; 1 records are lost between those that were found; 2 it could not run.

Examples:
  ringwal salvage lost+found/#1234 lost+found/#1240 --output data/wal-salvaged
  ringwal salvage copy-1/*.rwal copy-2/*.rwal --output data/wal-salvaged --json`

export function addSalvage(program: Command, output: Output): void {
  program
    .command('salvage')
    .summary('make a clean log of loose segment files')
    .description('Make a clean log of the records in loose segment files, whatever their names and order.')
    .argument('<file...>', 'segment files, or parts or copies of such')
    .option('--output <dir>', 'write the log to this new directory')
    .option('--dry-run', 'only tell what would be done')
    .option('--log-id <id>', 'where files are of several logs: the one to take, 32 hexadecimal digits')
    .option('--workers <n>', 'threads to share the work among (default: one a core)', wholeNumber('--workers', 1, 64))
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: SalvageArguments) => {
      process.exitCode = await salvage(files, options, output)
    })
}

async function salvage(files: readonly string[], options: SalvageArguments, output: Output): Promise<number> {
  const { json, output: target, dryRun, logId, workers } = options
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
