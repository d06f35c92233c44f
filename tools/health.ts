import type { Command } from 'commander'
import type { HealthFlags } from './run/health.ts'
import { durationOption } from './support/durations.ts'
import { sizeOption } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Reads header pages, the newest segment's records and the newest checkpoint: for all records, ringwal verify. Takes no lock and
changes nothing. Exit codes: 0 healthy; 1 a check failed; 2 it could not look.

Examples:
  ringwal health data/wal
  ringwal health data/wal --require-writer --min-free-bytes 10G --max-checkpoint-age 1h
  ringwal health data/wal --archive /backup/wal --max-archive-lag 15m
  ringwal health data/wal --json | jq '.checks[] | select(.result != "OK")'`

export function addHealth(program: Command, output: Output): void {
  program
    .command('health')
    .summary('say in a moment whether a log is well')
    .description('Say whether a log, live or not, is well: for cron, probes and monitors. One line for each check.')
    .argument('<dir>', "a log's directory")
    .option(
      '--min-free-bytes <size>',
      'least free space of its disk (default: a segment)',
      sizeOption('--min-free-bytes', 0, Number.MAX_SAFE_INTEGER),
    )
    .option(
      '--max-checkpoint-age <time>',
      'there must be a checkpoint no older than this, such as 1h',
      durationOption('--max-checkpoint-age'),
    )
    .option('--archive <target>', 'an archive that there must be of it: a directory, or s3://bucket/prefix')
    .option(
      '--max-archive-lag <time>',
      'no durable record that it lacks may be older than this, such as 15m',
      durationOption('--max-archive-lag'),
    )
    .option('--require-writer', 'somebody must have it open')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, flags: HealthFlags) => {
      const { health } = await import('./run/health.ts')
      process.exitCode = await health(dir, flags, output)
    })
}
