import type { Command } from 'commander'
import type { BackupFlags } from './run/backup.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Works beside a live writer, takes no lock and changes nothing in the log. Exit codes: 0 all that is proven durable is in the
archive; 1 a checkpoint can not be used, or records were retired before they were archived; 2 it could not run, or not to its end.

Examples:
  ringwal backup data/wal --archive /backup/wal
  ringwal backup data/wal --archive /backup/wal --compress --json
  ringwal backup data/wal --archive s3://company-backups/wal`

export function addBackup(program: Command, output: Output): void {
  program
    .command('backup')
    .summary('archive what of a log is not archived yet')
    .description(
      'Store in an archive what of a log is durable, and is not there yet. Nothing in it is ever overwritten.',
    )
    .argument('<dir>', "the log's directory")
    .requiredOption('--archive <target>', 'directory of the archive, which is made if need be, or s3://bucket/prefix')
    .option('--compress', 'pack with gzip')
    .option('--full', 'store all that the log has once more, to build upon from then on')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, flags: BackupFlags) => {
      const { backup } = await import('./run/backup.ts')
      process.exitCode = await backup(dir, flags, output)
    })
}
