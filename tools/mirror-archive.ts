import type { Command } from 'commander'
import type { MirrorFlags } from './run/mirror-archive.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Nothing is deleted in the mirror, nor overwritten: what the archive lost, or gave up, the mirror keeps. Each byte is held against
its SHA-256 on the way. Exit codes: 0 the mirror has all of it; 1 something can not be copied, or is there as something else: it is
named, and the rest was copied; 2 it could not run, or not to its end: the next run goes on.

Examples:
  ringwal mirror-archive --from /backup/wal --to s3://company-backups/wal
  ringwal mirror-archive --from s3://company-backups/wal --to /mnt/offline/wal --json`

export function addMirrorArchive(program: Command, output: Output): void {
  program
    .command('mirror-archive')
    .summary('copy what an archive has, and another has not')
    .description('Copy to an archive what another one has, and it has not.')
    .requiredOption('--from <target>', 'directory of the archive, or s3://bucket/prefix')
    .requiredOption('--to <target>', 'directory of the mirror, which is made if need be, or s3://bucket/prefix')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: MirrorFlags) => {
      const { mirror } = await import('./run/mirror-archive.ts')
      process.exitCode = await mirror(flags, output)
    })
}
