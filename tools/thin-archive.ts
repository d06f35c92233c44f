import type { Command } from 'commander'
import type { ThinFlags } from './run/thin-archive.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
A backup is kept if any of the four keeps it; what it needs to be restored stays too, and so do the newest one and what can not be
used. Days, months and years are those of UTC; only those that have a backup count. Exit codes: 0 done; 1 something of the archive
can not be used, and stayed; 2 it could not run, or not to its end: the next run goes on.

Examples:
  ringwal thin-archive --archive /backup/wal --keep-last 300 --keep-daily 30 --keep-monthly 12 --keep-yearly 10 --dry-run
  ringwal thin-archive --archive s3://company-backups/wal --keep-daily 7 --json`

const KEEP_MAX = 100_000

export function addThinArchive(program: Command, output: Output): void {
  const count = (option: string): ((text: string) => number) => wholeNumber(option, 0, KEEP_MAX)
  program
    .command('thin-archive')
    .summary('give up old backups of an archive')
    .description('Give up the backups of an archive that none of the keeps is for. It may run beside an archiver.')
    .requiredOption('--archive <target>', 'directory of the archive, or s3://bucket/prefix')
    .option('--keep-last <n>', 'keep the newest backups', count('--keep-last'))
    .option('--keep-daily <n>', 'keep the newest backup of each of the last days', count('--keep-daily'))
    .option('--keep-monthly <n>', 'keep the newest backup of each of the last months', count('--keep-monthly'))
    .option('--keep-yearly <n>', 'keep the newest backup of each of the last years', count('--keep-yearly'))
    .option('--dry-run', 'only tell what would be given up')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ThinFlags) => {
      const { thin } = await import('./run/thin-archive.ts')
      process.exitCode = await thin(flags, output)
    })
}
