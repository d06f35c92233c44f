import type { Command } from 'commander'
import type { DumpFlags } from './run/dump.ts'
import { lsnOption, numberList, wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { timeOption } from './support/times.ts'

const EXAMPLES = `
A time is ISO 8601 with up to nine decimals (UTC unless it says +hh:mm), @<ns since 1970>, or a time ago such as -10m.

Examples:
  ringwal dump data/wal --from 1000 --limit 20
  ringwal dump data/wal --since -10m --type 7,8 --json
  ringwal dump data/wal/00000000000000000042.rwal --headers`

export function addDump(program: Command, output: Output): void {
  program
    .command('dump')
    .summary('print records, one a line')
    .description(
      'Print the records of a log, or of one segment file, one a line. Damage goes to stderr; the rest is printed.',
    )
    .argument('<path>', "a log's directory, or one of its segment files")
    .option('--from <lsn>', 'first LSN', lsnOption('--from'))
    .option('--to <lsn>', 'last LSN', lsnOption('--to'))
    .option('--since <time>', 'first time', timeOption('--since'))
    .option('--until <time>', 'time before which to end', timeOption('--until'))
    .option('--type <types>', 'only records of these types: 7,8', numberList('--type', 0, 65535))
    .option('--limit <n>', 'at most n records', wholeNumber('--limit', 0, Number.MAX_SAFE_INTEGER))
    .option('--headers', 'print where each record stands instead of its value')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: DumpFlags) => {
      const { dump } = await import('./run/dump.ts')
      process.exitCode = await dump(path, flags, output)
    })
}
