import type { Command } from 'commander'
import type { RestoreFlags } from './run/restore.ts'
import { choice, wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { timeOption } from './support/times.ts'

const EXAMPLES = `
Without --timestamp, --lsn and --backup-id, all that the archive has is restored. What is in the output is kept, as
<dir>.broken-<time>. An atomic batch counts whole or not at all. Exit codes: 0 the log is there up to the target; 1 something of
the archive can not be used, and the log ends before the target, or begins behind a gap; 2 it could not run, and changed nothing.

Examples:
  ringwal restore --archive /backup/wal --output data/wal --dry-run
  ringwal restore --archive /backup/wal --output data/wal --timestamp 2026-11-20T21:48:00Z
  ringwal restore --archive /backup/wal --output data/wal --lsn 4711 --exclusive`

export function addRestore(program: Command, output: Output): void {
  program
    .command('restore')
    .summary('make a log of an archive, as it was at any record')
    .description(
      'Make a log of an archive, as it was at a time or at a record. A writer of the output must be stopped.',
    )
    .requiredOption('--archive <target>', 'directory of the archive, or s3://bucket/prefix')
    .requiredOption('--output <dir>', "the restored log's directory")
    .option(
      '--timestamp <time>',
      'up to this time: the log ends before the first later record',
      timeOption('--timestamp'),
    )
    .option('--lsn <n>', 'up to this LSN', wholeNumber('--lsn', 1, Number.MAX_SAFE_INTEGER))
    .option('--backup-id <id>', 'up to the end of this backup')
    .option('--exclusive', 'leave out the record of the time, or the LSN, itself')
    .option('--dry-run', 'only tell what would be restored; objects are read and checked all the same')
    .option('--validate', 'check every byte of the restored log before it is put in place (default)')
    .option('--no-validate', 'put it in place unchecked')
    .option(
      '--reducer <name>',
      'trading: also check the state that its events make',
      choice('--reducer', ['trading'] as const),
    )
    .option('--staging-dir <dir>', 'put the log together in this directory, on the same file system')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: RestoreFlags) => {
      const { restore } = await import('./run/restore.ts')
      process.exitCode = await restore(flags, output)
    })
}
