import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { checkText } from '../../src/evidence/write-evidence.ts'
import type { SyncPolicy } from '../../src/index.ts'
import { generatedEvents } from '../demo/events.ts'
import { readEvents } from '../demo/input-file.ts'
import { Random } from '../demo/random.ts'
import { DrillHome } from '../drill/drill-home.ts'
import type { DrillFault, DrillPlan } from '../drill/drill-plan.ts'
import { type DrillWords, evidenceOf, linesOf } from '../drill/drill-report.ts'
import { drillRecovery } from '../drill/recovery-drill.ts'
import { failuresOf } from '../drill/verdict.ts'
import { StateFile } from '../replay/json-target.ts'
import { EXIT_CANNOT, EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { complain } from '../support/failure.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { Progress } from '../support/progress.ts'
import { EndingSignals } from '../support/signals.ts'
import { packageVersion } from '../support/version.ts'

export interface DrillFlags {
  readonly fault: DrillFault
  readonly events: number
  readonly killAfter?: number
  readonly records?: string
  readonly sync: SyncPolicy
  readonly archiveEvery: number
  readonly maxRtoSeconds: number
  readonly maxRpoEvents: number
  readonly evidenceFile?: string
  readonly operator?: string
  readonly release?: string
  readonly notes?: string
  readonly seed?: number
  readonly dir?: string
  readonly json?: true
}

/** Longest time, in milliseconds, that a drill without `--kill-after` lets pass: some batches under every policy. */
const KILL_MS_MAX = 50

export async function drill(flags: DrillFlags, output: Output): Promise<number> {
  const words = wordsOf(flags)
  const { seed = randomInt(2 ** 32), records, evidenceFile } = flags
  const stream = records === undefined ? generatedEvents(seed) : readEvents(records)
  const evidence = evidenceFile === undefined ? undefined : await newEvidence(evidenceFile)
  const stop = new AbortController()
  const signals = new EndingSignals(() => stop.abort())
  const progress = new Progress()
  let home: DrillHome | undefined
  try {
    home = new DrillHome(flags.dir)
    const onProgress = (text: string): void => progress.update(() => text)
    const plan = { ...planOf(flags, seed), stream, home: home.path, signal: stop.signal, onProgress }
    const result = await drillRecovery(plan).finally(() => progress.clear())
    const failures = failuresOf(result, flags)
    const passed = failures.length === 0
    await evidence?.target(evidenceOf(result, words, passed))
    await evidence?.keep()
    const kept = passed && home.tidy() ? null : home.path
    if (flags.json) output.line(printable(JSON.stringify({ passed, ...result, seed, failures, kept })))
    else for (const line of linesOf(result, seed, flags, failures, kept)) output.line(printable(line))
    await output.flush()
    return passed ? EXIT_FINE : EXIT_NO
  } catch (error) {
    await evidence?.drop()
    if (signals.received === undefined) {
      if (home !== undefined) complain(printable(`what there is of the drill stays in ${home.path}`))
      throw error
    }
    home?.remove()
    process.kill(process.pid, signals.received)
    return EXIT_CANNOT
  } finally {
    signals.remove()
  }
}

function planOf(flags: DrillFlags, seed: number): Omit<DrillPlan, 'stream' | 'home' | 'signal' | 'onProgress'> {
  const { fault, sync: policy, events, killAfter, archiveEvery: archiveEveryMs } = flags
  const killAfterMs = killAfter ?? new Random(seed).between(0, KILL_MS_MAX)
  return { fault, policy, seed, events, killAfterMs, archiveEveryMs }
}

/** Before the drill: that its evidence can not be written is to be known while it has cost no time. */
function newEvidence(path: string): Promise<StateFile> {
  mkdirSync(dirname(path), { recursive: true })
  return StateFile.create(path)
}

/** @throws ERR_RINGWAL_OPTION for a text that evidence can not hold */
function wordsOf({ operator = userInfo().username, release = `v${packageVersion()}`, notes }: DrillFlags): DrillWords {
  for (const [option, text] of Object.entries({ '--operator': operator, '--release': release, '--notes': notes }))
    if (text !== undefined) checkText(option, text)
  return { operator, release, notes }
}
