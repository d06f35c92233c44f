import { statSync } from 'node:fs'
import type { Command } from 'commander'
import { RingwalError } from '../src/index.ts'
import { replayJsonl, replayOrderLog, replayPartition } from './replay/foreign-logs.ts'
import { everyTarget, outputTarget, StateFile, type TextTarget } from './replay/json-target.ts'
import { type FormatReplay, type ReplayView, viewLine, viewTable } from './replay/replay-view.ts'
import { replayRingwal } from './replay/ringwal-log.ts'
import { EXIT_FINE, EXIT_NO } from './support/exit.ts'
import { complain, describeFailure, refuseCombination } from './support/failure.ts'
import { choice, lsnOption, wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { Progress } from './support/progress.ts'
import { progressBar } from './support/progress-bar.ts'
import { timeOption } from './support/times.ts'

const FORMATS = ['ringwal', 'order-jsonl', 'partition-binary', 'order-binary'] as const

const REPLAYS: Readonly<Record<(typeof FORMATS)[number], FormatReplay>> = {
  ringwal: replayRingwal,
  'order-jsonl': replayJsonl,
  'partition-binary': replayPartition,
  'order-binary': replayOrderLog,
}

interface ReplayFlags {
  readonly format: (typeof FORMATS)[number]
  readonly workers?: number
  readonly until?: bigint
  readonly to?: number
  readonly strict?: true
  readonly legacyTotals?: true
  readonly prefix?: string
  readonly state?: string
  readonly quiet?: true
  readonly json?: true
}

const EXAMPLES = `
The summary line goes to stdout; the table, and whatever is not as it should be, to stderr. Exit code 1 if a record could not
be parsed, an event was rejected or anything is damaged.

Examples:
  ringwal replay data/wal --workers 2
  ringwal replay data/wal --until 2026-11-20T21:48:00Z --state orders.json
  ringwal replay gateway.wal --format order-jsonl --json`

export function addReplay(program: Command, output: Output): void {
  program
    .command('replay')
    .summary('rebuild orders and positions from a log')
    .description("Rebuild orders, positions and balances from a log: ringwal's own, or another system's.")
    .argument('<path>', "a log's directory, or a file of it")
    .option('--format <name>', FORMATS.join(', '), choice('--format', FORMATS), 'ringwal')
    .option('--workers <n>', 'threads (ringwal; default: one a core)', wholeNumber('--workers', 1, 64))
    .option('--until <time>', 'time before which to end (ringwal)', timeOption('--until'))
    .option('--to <lsn>', 'last LSN (ringwal)', lsnOption('--to'))
    .option('--strict', 'stop at the first damage (ringwal); exit 1 for warnings too (others)')
    .option('--legacy-totals', 'an event without a total volume leaves it unknown (order-jsonl)')
    .option('--prefix <text>', 'front of the file names, where a directory holds several logs (order-binary)')
    .option('--state <file>', 'write the state to a file, as JSON')
    .option('--quiet', 'print the summary line only')
    .option('--json', 'print one JSON object instead')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ReplayFlags) => {
      process.exitCode = await replayCommand(path, flags, output)
    })
}

async function replayCommand(path: string, flags: ReplayFlags, output: Output): Promise<number> {
  checkCombinations(flags)
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is nothing at ${path}`, { path })
  const started = performance.now()
  const file = flags.state === undefined ? undefined : await StateFile.create(flags.state)
  try {
    const view = await run(path, flags, targetOf(flags, output, file))
    await file?.keep()
    if (flags.json) output.line('')
    else output.line(viewLine(path, view))
    await output.flush()
    for (const line of view.complaints) complain(line)
    if (!flags.quiet && !flags.json) for (const line of viewTable(view, secondsSince(started))) tell(line)
    return view.isClean ? EXIT_FINE : EXIT_NO
  } catch (error) {
    await file?.drop()
    if (!isDamage(error)) throw error
    complain(describeFailure(error))
    return EXIT_NO
  }
}

function checkCombinations(flags: ReplayFlags): void {
  const only = (format: string, names: readonly (keyof ReplayFlags)[]): void => {
    for (const name of names) {
      const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      if (flags[name] !== undefined && flags.format !== format)
        throw refuseCombination(option, `--format ${flags.format}`)
    }
  }
  only('ringwal', ['workers', 'until', 'to'])
  only('order-jsonl', ['legacyTotals'])
  only('order-binary', ['prefix'])
}

function targetOf({ json }: ReplayFlags, output: Output, file: StateFile | undefined): TextTarget | undefined {
  const targets = [...(json ? [outputTarget(output)] : []), ...(file === undefined ? [] : [file.target])]
  return targets.length === 0 ? undefined : everyTarget(targets)
}

async function run(path: string, flags: ReplayFlags, target: TextTarget | undefined): Promise<ReplayView> {
  const { format, workers, until, to, strict = false, legacyTotals = false, prefix } = flags
  const progress = new Progress()
  const started = performance.now()
  const onProgress = (done: number, total: number): void =>
    progress.update(() => progressBar('replaying', done, total, secondsSince(started)))
  try {
    const request = { path, workers, until, to, strict, legacyTotals, prefix, onProgress }
    return await REPLAYS[format](request, target)
  } finally {
    progress.clear()
  }
}

/** With --strict: the log could be read, and the answer is no. */
function isDamage(error: unknown): boolean {
  return error instanceof RingwalError && ['ERR_RINGWAL_DAMAGED', 'ERR_RINGWAL_SEGMENTS'].includes(error.code)
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}
