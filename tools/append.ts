import type { Command } from 'commander'
import type { AppendFlags } from './run/append.ts'
import { choice, nameList, sizeOption, wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Examples:
  ringwal append data/wal events.jsonl
  gzip -dc orders.csv.gz | ringwal append data/wal --columns time,kind,id,size,price,side --key-field id
  ringwal append data/wal orders.csv.gz --header --sync always --batch 100 --json`

export function addAppend(program: Command, output: Output): void {
  program
    .command('append')
    .summary('append JSON Lines or CSV to a log')
    .description('Append JSON Lines or CSV, also packed with gzip, to a log, and wait until it is durable.')
    .argument('<dir>', "the log's directory; made if it is not there")
    .argument('[file]', 'what to read; - or nothing for stdin')
    .option('--format <form>', 'jsonl or csv; found out by default', choice('--format', ['jsonl', 'csv']))
    .option('--columns <names>', 'CSV rows become maps with these names: a,b,c', nameList('--columns'))
    .option('--header', 'CSV rows become maps with the names in the first row')
    .option('--strings', 'keep every CSV field a string')
    .option(
      '--sync <policy>',
      'always, interval or never',
      choice('--sync', ['always', 'interval', 'never']),
      'interval',
    )
    .option('--type <n>', 'record type, 0 to 65535', wholeNumber('--type', 0, 65535), 0)
    .option('--key-field <field>', 'member or index whose text gives the routing key')
    .option('--batch <n>', 'append in atomic batches of n records', wholeNumber('--batch', 1, 100_000))
    .option(
      '--segment-bytes <size>',
      'size of a segment file, such as 64M',
      sizeOption('--segment-bytes', 65536, 2 ** 32),
    )
    .option('--skip-bad', 'pass over lines that can not be appended, and count them')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, file: string | undefined, flags: AppendFlags) => {
      const { append } = await import('./run/append.ts')
      process.exitCode = await append(dir, file, flags, output)
    })
}
