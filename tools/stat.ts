import type { Command } from 'commander'
import { RingwalError } from '../src/index.ts'
import { readLock } from '../src/storage/directory-lock.ts'
import { describeStat, statJson } from './output/stat-report.ts'
import { EXIT_FINE, EXIT_NO } from './support/exit.ts'
import { gatherFacts } from './support/log-facts.ts'
import { requireLog } from './support/log-path.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Reads headers, and of records only the newest segment's. To check them all: ringwal verify.

Examples:
  ringwal stat data/wal
  ringwal stat data/wal --json | jq .lastLsn`

export function addStat(program: Command, output: Output): void {
  program
    .command('stat')
    .summary('show what a log consists of')
    .description('Show segments, LSNs, size and writer of a log, live or not.')
    .argument('<dir>', "a log's directory")
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, { json }: { json?: true }) => {
      process.exitCode = await stat(dir, json === true, output)
    })
}

async function stat(dir: string, json: boolean, output: Output): Promise<number> {
  if (requireLog(dir) !== 'directory') {
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `${dir} is not a directory`, { dir })
  }
  const lock = readLock(dir)
  const facts = await gatherFacts(dir)
  if (json) output.line(statJson(facts, lock))
  else for (const line of describeStat(facts, lock)) output.line(line)
  await output.flush()
  return facts.segments.some(({ state }) => state === 'damaged') ? EXIT_NO : EXIT_FINE
}
