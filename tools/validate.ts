import type { Command } from 'commander'
import type { ValidateFlags } from './run/validate.ts'
import type { Output } from './support/output.ts'
import { timeOption } from './support/times.ts'

const EXAMPLES = `
Exit code 1 if anything is inconsistent; a warning is not.

Examples:
  ringwal validate data/wal
  ringwal validate tables.json --timestamp 2026-01-15T12:00:00Z --json`

export function addValidate(program: Command, output: Output): void {
  program
    .command('validate')
    .summary('check whether a state is consistent')
    .description('Check positions, orders, balances and events of a log, or of tables in JSON.')
    .argument('<path>', "a log's directory, or a JSON file of tables or events; - is stdin")
    .option(
      '--timestamp <time>',
      'the state is to be that of this time: no event may be later',
      timeOption('--timestamp'),
    )
    .option('--compat', "print the recovery service's own result, as JSON")
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ValidateFlags) => {
      const { validate } = await import('./run/validate.ts')
      process.exitCode = await validate(path, flags, output)
    })
}
