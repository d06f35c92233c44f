import type { Command } from 'commander'
import type { StatusFlags } from './run/status.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Reads headers, and of records only the newest segment's. Whether the log is well: ringwal health.

Examples:
  ringwal status data/wal
  ringwal status data/wal --archive /backup/wal
  ringwal status data/wal --json | jq .disk.freeBytes`

export function addStatus(program: Command, output: Output): void {
  program
    .command('status')
    .summary('show how things stand with a log')
    .description('Show what a log consists of, who has it open, its checkpoints, its further files and its disk.')
    .argument('<dir>', "a log's directory")
    .option('--archive <target>', 'tell how far an archive of it is behind: a directory, or s3://bucket/prefix')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, flags: StatusFlags) => {
      const { status } = await import('./run/status.ts')
      process.exitCode = await status(dir, flags, output)
    })
}
