import type { Command } from 'commander'
import type { SyncPolicy } from '../src/index.ts'
import type { EngineOptions } from './engine/engine-options.ts'
import { refuseCombination, refuseOption } from './support/failure.ts'
import { choice, type OptionParser, sizeOption, wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
The log is replayed first. If that is not clean, the engine takes nothing and GET /health says why.
POST /api/admin/readonly and /readwrite ask for the token in the environment variable RINGWAL_ADMIN_TOKEN.

Examples:
  ringwal engine data/orders --port 8080
  ringwal engine data/orders --port 8080 --sync always
  curl -s localhost:8080/orders -H 'content-type: application/json' -d '{"account_id":"a","instrument_id":"x","client_order_id":"c-1","side":"buy","total_volume":18}'`

interface EngineFlags extends Omit<EngineOptions, 'policy' | 'everyMs'> {
  readonly sync: SyncPolicy
  readonly syncMs?: number
}

export function addEngine(program: Command, output: Output): void {
  program
    .command('engine')
    .summary('serve an order gateway that keeps its state in a log')
    .description(
      'Rebuild orders and positions from a log, and take orders and fills over HTTP, until SIGINT or SIGTERM.',
    )
    .argument('<dir>', "the log's directory; made if it is not there")
    .option('--host <address>', 'loopback address to listen on', loopback('--host'), '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 for any free one', wholeNumber('--port', 0, 65_535), 0)
    .option(
      '--sync <policy>',
      'always, interval or never',
      choice('--sync', ['always', 'interval', 'never']),
      'interval',
    )
    .option('--sync-ms <ms>', 'under interval, how often (default: 100)', wholeNumber('--sync-ms', 1, 3_600_000))
    .option(
      '--segment-bytes <size>',
      'size of a segment file, such as 64M',
      sizeOption('--segment-bytes', 65_536, 2 ** 32),
    )
    .option('--workers <n>', 'threads that replay the log (default: one a core)', wholeNumber('--workers', 1, 64))
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, { sync, syncMs, ...flags }: EngineFlags) => {
      if (syncMs !== undefined && sync !== 'interval') throw refuseCombination('--sync-ms', `--sync ${sync}`)
      const options = { ...flags, policy: sync, ...(syncMs === undefined ? {} : { everyMs: syncMs }) }
      const { runEngine } = await import('./run/engine.ts')
      process.exitCode = await runEngine(dir, options, output)
    })
}

/** Whoever reaches the port may trade, so no other machine is to reach it. */
function loopback(option: string): OptionParser<string> {
  return (text) => {
    if (text === 'localhost' || text === '::1' || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(text)) return text
    throw refuseOption(option, text, 'a loopback address: 127.0.0.1 (any of 127.0.0.0/8), ::1 or localhost')
  }
}
