import type { Command } from 'commander'
import type { RecoverStateFlags } from './run/recover-state.ts'
import type { Output } from './support/output.ts'
import { timeOption } from './support/times.ts'

const EXAMPLES = `
Exit code 1 if there was an event that could not be taken.

Examples:
  ringwal recover-state data/wal --json
  ringwal recover-state events.json --timestamp 2026-01-15T12:00:00Z`

export function addRecoverState(program: Command, output: Output): void {
  program
    .command('recover-state')
    .summary("rebuild all tables from a service's events")
    .description('Rebuild the tables of a recovery service from its events.')
    .argument('<path>', "a log's directory, or a JSON file with events; - is stdin")
    .option('--timestamp <time>', 'only events written down at or before this time', timeOption('--timestamp'))
    .option('--since-checkpoint', 'only events behind the last checkpoint of all; none if there is none')
    .option('--compat', "print the recovery service's own result, as JSON: with what it kept in memory")
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: RecoverStateFlags) => {
      const { recoverState } = await import('./run/recover-state.ts')
      process.exitCode = await recoverState(path, flags, output)
    })
}
