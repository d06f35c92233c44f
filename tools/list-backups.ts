import type { Command } from 'commander'
import type { ListFlags } from './run/list-backups.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Objects are not read: ringwal verify-backup does that. Exit codes: 0 all can be used, as far as that shows; 1 one can not, or
something is missing; 2 it could not run.

Examples:
  ringwal list-backups --archive /backup/wal
  ringwal list-backups --archive /backup/wal --days 7 --json`

export function addListBackups(program: Command, output: Output): void {
  program
    .command('list-backups')
    .summary('list the backups of an archive')
    .description('List the backups of an archive, the newest first.')
    .requiredOption('--archive <target>', 'directory of the archive, or s3://bucket/prefix')
    .option('--days <n>', 'only those of the last days', wholeNumber('--days', 1, 100_000))
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ListFlags) => {
      const { list } = await import('./run/list-backups.ts')
      process.exitCode = await list(flags, output)
    })
}
