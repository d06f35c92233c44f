import type { Command } from 'commander'
import type { TailFlags } from './run/tail.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

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
    .action(async (dir: string, flags: TailFlags) => {
      const { tail } = await import('./run/tail.ts')
      process.exitCode = await tail(dir, flags, output)
    })
}
