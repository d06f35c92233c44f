import type { Command } from 'commander'
import type { CompactFlags } from './run/compact.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Only checkpoints that verify to their last byte count. The writer must be stopped; a live log is compacted by its engine
(wal.checkpoint with truncate, wal.truncateBefore). Exit codes: 0 done; 1 a checkpoint can not be used; 2 it could not run, and
gave up nothing.

Examples:
  ringwal compact data/wal --dry-run
  ringwal compact data/wal --keep 3 --json`

export function addCompact(program: Command, output: Output): void {
  program
    .command('compact')
    .summary('give up what checkpoints make needless')
    .description('Remove the segments, and the older checkpoints, that the newest checkpoints of a log make needless.')
    .argument('<dir>', "the log's directory")
    .option('--keep <n>', 'checkpoints of each label to keep (default: 2)', wholeNumber('--keep', 1, 1000))
    .option('--dry-run', 'only tell what would be done')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, flags: CompactFlags) => {
      const { compact } = await import('./run/compact.ts')
      process.exitCode = await compact(dir, flags, output)
    })
}
