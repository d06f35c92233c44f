import type { Command } from 'commander'
import type { VerifyBackupFlags } from './run/verify-backup.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Prints "<check>: PASS|FAIL: <message>" lines and a summary. Exit codes: 0 all passed; 1 something failed; 2 it could not run.

Examples:
  ringwal verify-backup --archive /backup/wal
  ringwal verify-backup --archive /backup/wal --backup-id 0000000042-3fa9c1d2e4b57a60`

export function addVerifyBackup(program: Command, output: Output): void {
  program
    .command('verify-backup')
    .summary('check every object of an archive')
    .description(
      'Read every object of an archive, or of one backup, and hold it against its manifest. Nothing is changed.',
    )
    .requiredOption('--archive <target>', 'directory of the archive, or s3://bucket/prefix')
    .option('--backup-id <id>', 'only this backup')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: VerifyBackupFlags) => {
      const { verifyBackup } = await import('./run/verify-backup.ts')
      process.exitCode = await verifyBackup(flags, output)
    })
}
