import type { Command } from 'commander'
import type { SalvageFlags } from './run/salvage.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Takes every record that verifies, also such as no mark proves durable, and also where headers are lost. The files are only
read. Exit codes: 0 nothing was lost; 1 records are lost between those that were found; 2 it could not run.

Examples:
  ringwal salvage lost+found/#1234 lost+found/#1240 --output data/wal-salvaged
  ringwal salvage copy-1/*.rwal copy-2/*.rwal --output data/wal-salvaged --json`

export function addSalvage(program: Command, output: Output): void {
  program
    .command('salvage')
    .summary('make a clean log of loose segment files')
    .description('Make a clean log of the records in loose segment files, whatever their names and order.')
    .argument('<file...>', 'segment files, or parts or copies of such')
    .option('--output <dir>', 'write the log to this new directory')
    .option('--dry-run', 'only tell what would be done')
    .option('--log-id <id>', 'where files are of several logs: the one to take, 32 hexadecimal digits')
    .option('--workers <n>', 'threads to share the work among (default: one a core)', wholeNumber('--workers', 1, 64))
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: SalvageFlags) => {
      const { salvage } = await import('./run/salvage.ts')
      process.exitCode = await salvage(files, flags, output)
    })
}
