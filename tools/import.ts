import type { Command } from 'commander'
import type { ImportFlags } from './run/import.ts'
import { FOREIGN_FORMATS } from './support/log-formats.ts'
import { choice, sizeOption } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Records keep their order, time, key and sequence number. What can not be read is told and left out: exit code 1. The log
stands in its place when it is complete.

Examples:
  ringwal import gateway.wal --format order-jsonl --output data/wal
  ringwal import orders/ --format order-binary --output data/orders --json`

export function addImport(program: Command, output: Output): void {
  program
    .command('import')
    .summary("make a log of another system's")
    .description("Make a ringwal log of another system's log file, or of a directory of them.")
    .argument('<path>', 'the log file, or a directory of such')
    .option('--format <name>', FOREIGN_FORMATS.join(', '), choice('--format', FOREIGN_FORMATS))
    .option('--output <dir>', 'write the log to this new directory')
    .option('--prefix <text>', 'front of the file names, where a directory holds several logs (order-binary)')
    .option(
      '--segment-bytes <size>',
      'size of a segment file, such as 64M',
      sizeOption('--segment-bytes', 65536, 2 ** 32),
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ImportFlags) => {
      const { importCommand } = await import('./run/import.ts')
      process.exitCode = await importCommand(path, flags, output)
    })
}
