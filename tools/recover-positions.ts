import type { Command } from 'commander'
import type { RecoverFlags } from './run/recover-positions.ts'
import type { Output } from './support/output.ts'
import { timeOption } from './support/times.ts'

const EXAMPLES = `
Exit code 1 if there was an event that could not be taken.

Examples:
  ringwal recover-positions data/wal
  ringwal recover-positions events.json --timestamp 2026-01-15T12:00:00Z --json`

export function addRecoverPositions(program: Command, output: Output): void {
  program
    .command('recover-positions')
    .summary("rebuild positions from a service's events")
    .description('Rebuild open positions from the events of a recovery service, with all facts that they tell.')
    .argument('<path>', "a log's directory, or a JSON file with events; - is stdin")
    .option('--timestamp <time>', 'only events written down at or before this time', timeOption('--timestamp'))
    .option('--compat', "print the recovery service's own result, as JSON: times are compared as texts")
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: RecoverFlags) => {
      const { recoverPositions } = await import('./run/recover-positions.ts')
      process.exitCode = await recoverPositions(path, flags, output)
    })
}
