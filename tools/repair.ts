import { type Command, Option } from 'commander'
import { type RepairOptions, repairLog } from '../src/repair/index.ts'
import { describeRepair } from './output/repair-report.ts'
import { EXIT_FINE, EXIT_NO } from './support/exit.ts'
import { refuseCombination, refuseOption } from './support/failure.ts'
import { formatShare } from './support/format.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { printable } from './support/printable.ts'
import { Progress } from './support/progress.ts'

interface RepairArguments {
  readonly output?: string
  readonly inPlace?: true
  readonly dryRun?: true
  readonly truncateAt?: number
  readonly dropSegment?: readonly number[]
  readonly fixSingleBit?: true
  readonly workers?: number
  readonly json?: true
}

const EXAMPLES = `
Every record that verifies is kept, under its LSN; tombstones stand for those that are lost. The files of the log are only
read. Exit codes: 0 nothing was lost; 1 records were lost or cut; 2 it could not run, and changed nothing.

Examples:
  ringwal repair data/wal --dry-run
  ringwal repair data/wal --output data/wal-repaired
  ringwal repair data/wal --in-place --fix-single-bit`

export function addRepair(program: Command, output: Output): void {
  program
    .command('repair')
    .summary('make a clean log of a damaged one')
    .description('Make a clean log of a damaged one, and tell what is lost. The writer must be stopped.')
    .argument('<dir>', "the log's directory")
    .option('--output <dir>', 'write the repaired log to this new directory')
    .option('--in-place', 'put it in place of the old log, which is moved to <dir>.broken-<time>')
    .option('--dry-run', 'only tell what would be done')
    .option(
      '--truncate-at <lsn>',
      'cut the log behind this LSN',
      wholeNumber('--truncate-at', 1, Number.MAX_SAFE_INTEGER),
    )
    .addOption(dropOption())
    .option('--fix-single-bit', 'turn a bit back where that makes a record verify, and only one does')
    .option('--workers <n>', 'threads to share the work among (default: one a core)', wholeNumber('--workers', 1, 64))
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, options: RepairArguments) => {
      process.exitCode = await repair(dir, options, output)
    })
}

/** Each time it is given it adds a segment. */
function dropOption(): Option {
  const parse = wholeNumber('--drop-segment', 1, Number.MAX_SAFE_INTEGER)
  return new Option('--drop-segment <number>', 'leave a segment out; can be repeated').argParser<readonly number[]>(
    (text, before = []) => [...before, parse(text)],
  )
}

async function repair(dir: string, options: RepairArguments, output: Output): Promise<number> {
  const { json, output: target, inPlace, dryRun } = options
  if (target !== undefined && inPlace) throw refuseCombination('--output', '--in-place')
  if (target === undefined && !inPlace && !dryRun)
    throw refuseOption('--output', '', 'a new directory, or --in-place or --dry-run instead')
  const progress = new Progress()
  const onProgress = (done: number, total: number): void =>
    progress.update(() => `repairing: ${formatShare(done, total)}`)
  const report = await repairLog(dir, { ...repairOptions(options), onProgress }).finally(() => progress.clear())
  if (json) output.line(printable(JSON.stringify(report)))
  else for (const line of describeRepair(report)) output.line(line)
  await output.flush()
  return report.clean ? EXIT_FINE : EXIT_NO
}

/** Only what was given: an option that is there but undefined is no option. */
function repairOptions(options: RepairArguments): RepairOptions {
  const { output, inPlace, dryRun, truncateAt, dropSegment, fixSingleBit, workers } = options
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
