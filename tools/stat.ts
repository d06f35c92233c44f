import type { Command } from 'commander'
import type { StatFlags } from './run/stat.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Reads headers, and of records only the newest segment's. To check them all: ringwal verify.

Examples:
  ringwal stat data/wal
  ringwal stat data/wal --json | jq .lastLsn`

export function addStat(program: Command, output: Output): void {
  program
    .command('stat')
    .summary('show what a log consists of')
    .description('Show segments, LSNs, size and writer of a log, live or not.')
    .argument('<dir>', "a log's directory")
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, flags: StatFlags) => {
      const { stat } = await import('./run/stat.ts')
      process.exitCode = await stat(dir, flags, output)
    })
}
