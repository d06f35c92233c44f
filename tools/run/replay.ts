import { statSync } from 'node:fs'
import { RingwalError } from '../../src/errors.ts'
import { everyTarget, outputTarget, StateFile, type TextTarget } from '../replay/json-target.ts'
import { type FormatReplay, type ReplayView, viewLine, viewTable } from '../replay/replay-view.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { complain, describeFailure, refuseCombination } from '../support/failure.ts'
import type { LogFormat } from '../support/log-formats.ts'
import type { Output } from '../support/output.ts'
import { Progress } from '../support/progress.ts'
import { progressBar } from '../support/progress-bar.ts'

/** Only the one that is asked for is loaded. */
const REPLAYS: Readonly<Record<LogFormat, () => Promise<FormatReplay>>> = {
  ringwal: async () => (await import('../replay/ringwal-log.ts')).replayRingwal,
  'order-jsonl': async () => (await import('../replay/foreign-logs.ts')).replayJsonl,
  'partition-binary': async () => (await import('../replay/foreign-logs.ts')).replayPartition,
  'order-binary': async () => (await import('../replay/foreign-logs.ts')).replayOrderLog,
}

export interface ReplayFlags {
  readonly format: LogFormat
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

export async function replayCommand(path: string, flags: ReplayFlags, output: Output): Promise<number> {
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
    const replayFormat = await REPLAYS[format]()
    return await replayFormat(request, target)
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
