import { type Command, Option } from 'commander'
import type { RepairFlags } from './run/repair.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

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
    .action(async (dir: string, flags: RepairFlags) => {
      const { repair } = await import('./run/repair.ts')
      process.exitCode = await repair(dir, flags, output)
    })
}

/** Each time it is given it adds a segment. */
function dropOption(): Option {
  const parse = wholeNumber('--drop-segment', 1, Number.MAX_SAFE_INTEGER)
  return new Option('--drop-segment <number>', 'leave a segment out; can be repeated').argParser<readonly number[]>(
    (text, before = []) => [...before, parse(text)],
  )
}
