import type { Command } from 'commander'
import { type ReadOptions, readWal } from '../src/index.ts'
import { EntryPrinter } from './output/entry-printer.ts'
import type { EntryForm } from './output/entry-text.ts'
import { EXIT_FINE, EXIT_NO } from './support/exit.ts'
import { requireLog } from './support/log-path.ts'
import { lsnOption, numberList, wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { timeOption } from './support/times.ts'

interface DumpOptions {
  readonly from?: number
  readonly to?: number
  readonly since?: bigint
  readonly until?: bigint
  readonly type?: readonly number[]
  readonly limit?: number
  readonly headers?: true
  readonly json?: true
}

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
    .action(async (path: string, options: DumpOptions) => {
      process.exitCode = await dump(path, options, output)
    })
}

async function dump(path: string, options: DumpOptions, output: Output): Promise<number> {
  requireLog(path)
  const { limit = Number.POSITIVE_INFINITY } = options
  const printer = new EntryPrinter(formOf(options), output)
  if (limit > 0) {
    for await (const entry of readWal(path, { ...boundsOf(options), onDamage: printer.onDamage })) {
      const slow = printer.print(entry)
      if (slow !== undefined) await slow
      if (printer.printed === limit || output.isClosed) break
    }
  }
  await printer.end()
  return printer.faults > 0 ? EXIT_NO : EXIT_FINE
}

function formOf({ json, headers }: DumpOptions): EntryForm {
  if (json) return 'json'
  return headers ? 'headers' : 'plain'
}

/** Only what was given: an option that is there but undefined is no option. */
function boundsOf({ from, to, since, until, type }: DumpOptions): ReadOptions {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(type === undefined ? {} : { type }),
  }
}
