import type { Command } from 'commander'
import type { SyncPolicy } from '../src/index.ts'
import type { DrillFlags } from './run/drill.ts'
import { durationOption } from './support/durations.ts'
import { refuseOption } from './support/failure.ts'
import { choice, type OptionParser, wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
The drill has a log of its own, in a temporary directory, and touches no other. RTO: seconds from the kill until the recovered
engine has told that a new record is durable. RPO: events that were acknowledged as durable, and are lost. Exit codes: 0 passed;
1 a limit was missed, or the state is another; 2 it could not be carried out.

Examples:
  ringwal drill recovery
  ringwal drill recovery --events 1000000 --evidence-file drill.env --operator "$USER"
  ringwal drill recovery --fault lost-directory --max-rpo-events 100000`

const POLICIES: readonly SyncPolicy[] = ['always', 'interval', 'never']
const FAULTS: readonly DrillFlags['fault'][] = ['sigkill', 'damaged-copy', 'lost-directory']

export function addDrill(program: Command, output: Output): void {
  program
    .command('drill')
    .summary('kill an engine under load, recover it, measure what it took')
    .description('Kill an engine of its own under load, recover it, and compare what came back with what was sent.')
    .argument('<what>', 'recovery', choice('<what>', ['recovery']))
    .option('--fault <name>', FAULTS.join(', '), choice('--fault', FAULTS), 'sigkill')
    .option('--events <n>', 'events to be acknowledged before', wholeNumber('--events', 100, 1e9), 100_000)
    .option('--kill-after <time>', 'how long after that; by default some 0 to 50 ms', durationOption('--kill-after'))
    .option('--records <file>', 'events as JSON Lines, or an exchange order file in CSV; plain or gzip')
    .option('--sync <policy>', 'sync policy of the engine', choice('--sync', POLICIES), 'interval')
    .option('--archive-every <time>', 'pause between backups', durationOption('--archive-every'), 500)
    .option('--max-rto-seconds <seconds>', 'longest time that it may take', seconds('--max-rto-seconds'), 10)
    .option(
      '--max-rpo-events <n>',
      'most acknowledged events that may be lost',
      wholeNumber('--max-rpo-events', 0, Number.MAX_SAFE_INTEGER),
      0,
    )
    .option('--evidence-file <file>', 'write the evidence of the drill: key=value lines')
    .option('--operator <name>', 'who carries it out (default: the user)')
    .option('--release <version>', 'what is being tried (default: the version of ringwal)')
    .option('--notes <text>', 'a short summary for the evidence (default: what was counted)')
    .option('--seed <n>', 'of events, moment and damage', wholeNumber('--seed', 0, 2 ** 32 - 1))
    .option('--dir <dir>', 'an empty directory for it, which is kept (default: a temporary one, removed if it passed)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (_what: string, flags: DrillFlags) => {
      const { drill } = await import('./run/drill.ts')
      process.exitCode = await drill(flags, output)
    })
}

function seconds(option: string): OptionParser<number> {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
    if (value >= 0) return value
    throw refuseOption(option, text, 'a number of seconds, 0 or more, with at most three decimals')
  }
}
