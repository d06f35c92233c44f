import type { Command } from 'commander'
import type { ReplayFlags } from './run/replay.ts'
import { LOG_FORMATS } from './support/log-formats.ts'
import { choice, lsnOption, wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { timeOption } from './support/times.ts'

const EXAMPLES = `
The summary line goes to stdout; the table, and whatever is not as it should be, to stderr. Exit code 1 if a record could not
be parsed, an event was rejected or anything is damaged.

Examples:
  ringwal replay data/wal --workers 2
  ringwal replay data/wal --until 2026-11-20T21:48:00Z --state orders.json
  ringwal replay gateway.wal --format order-jsonl --json`

export function addReplay(program: Command, output: Output): void {
  program
    .command('replay')
    .summary('rebuild orders and positions from a log')
    .description("Rebuild orders, positions and balances from a log: ringwal's own, or another system's.")
    .argument('<path>', "a log's directory, or a file of it")
    .option('--format <name>', LOG_FORMATS.join(', '), choice('--format', LOG_FORMATS), 'ringwal')
    .option('--workers <n>', 'threads (ringwal; default: one a core)', wholeNumber('--workers', 1, 64))
    .option('--until <time>', 'time before which to end (ringwal)', timeOption('--until'))
    .option('--to <lsn>', 'last LSN (ringwal)', lsnOption('--to'))
    .option('--strict', 'stop at the first damage (ringwal); exit 1 for warnings too (others)')
    .option('--legacy-totals', 'an event without a total volume leaves it unknown (order-jsonl)')
    .option('--prefix <text>', 'front of the file names, where a directory holds several logs (order-binary)')
    .option('--state <file>', 'write the state to a file, as JSON')
    .option('--quiet', 'print the summary line only')
    .option('--json', 'print one JSON object instead')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ReplayFlags) => {
      const { replayCommand } = await import('./run/replay.ts')
      process.exitCode = await replayCommand(path, flags, output)
    })
}
