/** `npm run demo`: kills an order engine again and again, and shows what its log gives back. */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import type { SyncPolicy } from '../../src/index.ts'
import { colorsFor } from '../support/colors.ts'
import { EXIT_CANNOT, EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { complain, describeFailure } from '../support/failure.ts'
import { choice, wholeNumber } from '../support/option-values.ts'
import { generatedEvents } from './events.ts'
import { readEvents } from './input-file.ts'
import { Random } from './random.ts'
import { killLine, NOTES, table, verdict } from './report.ts'
import { isFailed, summarize } from './summary.ts'
import { type KillResult, runTrial } from './trial.ts'

/** On a machine so slow that the kills would take longer than this together, later ones are left out. */
const BUDGET_MS = 24_000
const KILLS = 5

const POLICIES: readonly SyncPolicy[] = ['always', 'interval', 'never']

interface DemoOptions {
  readonly seed?: number
  readonly kills?: number
  readonly policy?: SyncPolicy
  readonly input?: string
  readonly keep?: true
  readonly json?: true
}

const command = new Command('demo')
  .description(
    'Kills a small order engine with SIGKILL, recovers it, and compares what it was told with what came back.',
  )
  .option('--seed <n>', 'of the events and of the moments of death', wholeNumber('--seed', 0, 2 ** 32 - 1))
  .option(
    '--kills <n>',
    `per sync policy; by default ${KILLS}, fewer on a very slow machine`,
    wholeNumber('--kills', 1, 1000),
  )
  .option('--policy <name>', `only ${POLICIES.join(', ')}`, choice('--policy', POLICIES))
  .option('--input <file>', 'events as JSON Lines, or an exchange order file in CSV; plain or gzip')
  .option('--keep', 'leave the logs in place')
  .option('--json', 'print the result as JSON, progress on stderr')
  .exitOverride()

try {
  process.exitCode = await main(command.parse().opts<DemoOptions>())
} catch (error) {
  if (!(error instanceof CommanderError)) complain(describeFailure(error))
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? EXIT_FINE : EXIT_CANNOT
}

async function main(options: DemoOptions): Promise<number> {
  const seed = options.seed ?? randomInt(2 ** 32)
  const stream = options.input === undefined ? generatedEvents(seed) : readEvents(options.input)
  const out = options.json ? process.stderr : process.stdout
  const colors = colorsFor(out)
  const say = (line: string): void => void out.write(`${line}\n`)
  const base = mkdtempSync(join(tmpdir(), 'ringwal-demo-'))
  const remove = (): void => rmSync(base, { recursive: true, force: true, maxRetries: 5 })
  const stop = new AbortController()
  process.once('SIGINT', () => {
    stop.abort()
    remove()
    process.exit(130)
  })
  say(`seed ${seed}; events: ${stream.name}; logs in ${base}`)
  const started = performance.now()
  const policies = options.policy === undefined ? POLICIES : [options.policy]
  const results: KillResult[] = []
  const random = new Random(seed)
  const kills = options.kills ?? KILLS
  let isHeld = false
  try {
    for (const [i, policy] of policies.entries()) {
      const deadline = started + (BUDGET_MS * (i + 1)) / policies.length
      const isLate = (): boolean => options.kills === undefined && performance.now() > deadline
      const plan = { dir: join(base, policy), policy, kills, seed, input: options.input, isLate, signal: stop.signal }
      for await (const result of runTrial(plan, stream, random)) {
        results.push(result)
        say(killLine(result, kills, colors))
      }
    }
    isHeld = !results.some(isFailed)
  } finally {
    if (isHeld && !options.keep) remove()
    else say(`logs kept in ${base}`)
  }
  const seconds = (performance.now() - started) / 1000
  const summaries = policies.map((policy) => summarize(policy, results))
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ held: isHeld, seed, input: stream.name, seconds, policies: summaries, kills: results })}\n`,
    )
  } else {
    for (const line of [
      '',
      ...table(summaries, colors),
      '',
      ...NOTES.map(colors.faint),
      '',
      `${seconds.toFixed(1)} s, seed ${seed}`,
    ])
      say(line)
    say(verdict(summaries, colors))
  }
  return isHeld ? EXIT_FINE : EXIT_NO
}
