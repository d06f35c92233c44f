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
import { printable } from '../support/printable.ts'
import { type EventStream, generatedEvents } from './events.ts'
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
  .description('Kills ringwal engine with SIGKILL, recovers it, and compares what it was told with what came back.')
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
  say(`seed ${seed}; events: ${printable(stream.name)}; logs in ${base}`)
  const started = performance.now()
  const results: KillResult[] = []
  let isHeld = false
  try {
    const kills = options.kills ?? KILLS
    for await (const result of runTrials(options, { seed, base, kills, signal: stop.signal }, stream)) {
      results.push(result)
      say(killLine(result, kills, colors))
    }
    isHeld = !results.some(isFailed)
  } finally {
    if (isHeld && !options.keep) remove()
    else say(`logs kept in ${base}`)
  }
  const seconds = (performance.now() - started) / 1000
  const policies = summarize(results)
  if (options.json) {
    const report = { held: isHeld, seed, input: stream.name, seconds, policies, kills: results }
    process.stdout.write(`${JSON.stringify(report)}\n`)
  } else {
    const end = `${seconds.toFixed(1)} s, seed ${seed}`
    const lines = ['', ...table(policies, colors), '', ...NOTES.map(colors.faint), '', end, verdict(policies, colors)]
    for (const line of lines) say(line)
  }
  return isHeld ? EXIT_FINE : EXIT_NO
}

interface Setting {
  readonly seed: number
  readonly base: string
  readonly kills: number
  readonly signal: AbortSignal
}

/** A trial for each policy, in a log of its own. Unless the number of kills was asked for, none may take more than its share. */
async function* runTrials(options: DemoOptions, setting: Setting, stream: EventStream): AsyncGenerator<KillResult> {
  const { seed, base, kills, signal } = setting
  const policies = options.policy === undefined ? POLICIES : [options.policy]
  const started = performance.now()
  const random = new Random(seed)
  for (const [i, policy] of policies.entries()) {
    const deadline = started + (BUDGET_MS * (i + 1)) / policies.length
    const isLate = (): boolean => options.kills === undefined && performance.now() > deadline
    const plan = { dir: join(base, policy), policy, kills, isLate, signal }
    yield* runTrial(plan, stream, random)
  }
}
