import type { Command } from 'commander'
import { readWal } from '../src/index.ts'
import { EntryPrinter } from './output/entry-printer.ts'
import { EXIT_FINE, EXIT_NO } from './support/exit.ts'
import { findLastLsn } from './support/log-path.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { EndingSignals } from './support/signals.ts'

interface TailOptions {
  readonly lines: number
  readonly follow?: true
  readonly json?: true
}

const EXAMPLES = `
With -f, records are printed once they are durable, whoever writes them.

Examples:
  ringwal tail data/wal
  ringwal tail data/wal -n 0 -f --json | jq .value`

export function addTail(program: Command, output: Output): void {
  program
    .command('tail')
    .summary('print the last records, and follow')
    .description('Print the last records of a log and, with -f, those that come, until SIGINT or SIGTERM.')
    .argument('<dir>', "a log's directory")
    .option('-n, --lines <n>', 'how many of the last records', wholeNumber('-n', 0, Number.MAX_SAFE_INTEGER), 10)
    .option('-f, --follow', 'go on with new records as they become durable')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, options: TailOptions) => {
      process.exitCode = await tail(dir, options, output)
    })
}

async function tail(dir: string, { lines, follow, json }: TailOptions, output: Output): Promise<number> {
  const from = Math.max(1, (await findLastLsn(dir)) - lines + 1)
  const printer = new EntryPrinter(json ? 'json' : 'plain', output)
  const abort = new AbortController()
  const signals = new EndingSignals(() => abort.abort())
  const bounds = { from, onDamage: printer.onDamage, signal: abort.signal }
  try {
    if (lines > 0 || follow) {
      for await (const entry of readWal(dir, follow ? { ...bounds, follow } : bounds)) {
        const slow = printer.print(entry)
        if (slow !== undefined) await slow
        else if (follow) output.flushSoon()
        if (output.isClosed) break
      }
    }
    await printer.end()
  } finally {
    signals.remove()
  }
  // To be ended is how following ends; otherwise the signal cut the work short.
  if (!follow && signals.received !== undefined) process.kill(process.pid, signals.received)
  return printer.faults > 0 ? EXIT_NO : EXIT_FINE
}
