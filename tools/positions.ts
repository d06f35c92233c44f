import type { Command } from 'commander'
import type { PositionsFlags } from './run/positions.ts'
import { refuseOption } from './support/failure.ts'
import { lsnOption } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
A position is the last LSN that a consumer no longer needs: retention keeps what is above it. It can be moved beside the writer, which looks
it up before it retires anything. Exit codes: 0 done; 1 a position can not be used, or there is none to drop; 2 it could not run.

Examples:
  ringwal positions data/wal
  ringwal positions data/wal --set replica=1200
  ringwal positions data/wal --drop replica --json`

export function addPositions(program: Command, output: Output): void {
  program
    .command('positions')
    .summary('list, set or drop the positions of consumers')
    .description('Tell how far the named consumers of a log have come, whose records no retention gives up.')
    .argument('<dir>', "the log's directory")
    .option('--set <name=lsn>', 'first set the position of a consumer', nameAndLsn)
    .option('--drop <name>', 'first forget a consumer')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, flags: PositionsFlags) => {
      const { positions } = await import('./run/positions.ts')
      process.exitCode = await positions(dir, flags, output)
    })
}

const parseLsn = lsnOption('--set')

/** @throws ERR_RINGWAL_OPTION */
function nameAndLsn(text: string): { readonly name: string; readonly lsn: number } {
  const [, name, lsn] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || lsn === undefined) throw refuseOption('--set', text, 'name=lsn')
  return { name, lsn: parseLsn(lsn) }
}
