/* One search of the ring's model by spin: made, compiled and run in a folder of its own. */
import { type ExecFileException, execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const MODEL_FOLDER: string = fileURLToPath(new URL('../../../../format-spec/ring/', import.meta.url))
const MODEL = join(MODEL_FOLDER, 'ring.pml')

/** Steps of the longest way that is followed; the longest that any configuration has takes a hundredth of it. */
const DEPTH_MAX = 100_000
const MEMORY_MB_MAX = 2000
const OUTPUT_MAX = 64 << 20
/** Last steps of the way to an error that are told. */
const TRAIL_STEPS = 60

/** What an error is: an assertion that fails, a state that nothing leads out of, or steps that go round in circles. */
export type ErrorKind = 'assertion' | 'stuck' | 'circle'

export interface Search {
  readonly defines: readonly string[]
  /** Looks for ways that never end, instead of states that must not be. */
  readonly circles?: boolean
}

export interface Effort {
  /** Whether the search is compiled for speed: that alone takes 2 s, and halves the rest. */
  readonly fast: boolean
  /** Whether the way to an error is told, step by step. */
  readonly trail?: boolean
  /** Time for the search itself, compiled; 0, the default, is for as long as it takes. */
  readonly timeoutMs?: number
}

export interface Outcome {
  readonly states: number
  readonly transitions: number
  readonly depth: number
  readonly memoryMb: number
  readonly seconds: number
  readonly error?: { readonly kind: ErrorKind; readonly text: string; readonly trail: string }
  /** Why the search did not see every state, if so: it proves nothing then. */
  readonly truncated?: string
}

interface Run {
  readonly output: string
  readonly failed: boolean
}

/** What is missing to run spin; undefined if nothing is. */
export async function missingTool(): Promise<string | undefined> {
  for (const [tool, flag] of [
    ['spin', '-V'],
    ['gcc', '--version'],
  ] as const) {
    if ((await run(tool, [flag], tmpdir())).failed) return `${tool} is not on the PATH`
  }
  return undefined
}

/** @throws if the model can not be translated, or the search not compiled */
export async function runSpin(search: Search, effort: Effort): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'ringwal-model-'))
  try {
    const defines = search.defines.map((define) => `-D${define}`)
    await must('spin', [...defines, '-a', MODEL], folder)
    const kind = search.circles === true ? '-DNP' : '-DSAFETY'
    const options = [effort.fast ? '-O2' : '-O0', '-w', kind, '-DCOLLAPSE', `-DMEMLIM=${MEMORY_MB_MAX}`]
    await must('gcc', [...options, '-o', 'pan', 'pan.c'], folder)
    const started = performance.now()
    const limits = [`-m${DEPTH_MAX}`, '-w22', ...(search.circles === true ? ['-l'] : [])]
    const { output, failed } = await run('./pan', limits, folder, Math.ceil(effort.timeoutMs ?? 0))
    const seconds = (performance.now() - started) / 1000
    const error = errorIn(output)
    const trail = error !== undefined && effort.trail === true ? await trailOf(defines, folder) : ''
    const truncated = truncationIn(output, failed, error !== undefined)
    return {
      ...countsIn(output),
      seconds,
      ...(error === undefined ? {} : { error: { ...error, trail } }),
      ...(truncated === undefined ? {} : { truncated }),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function errorIn(output: string): { kind: ErrorKind; text: string } | undefined {
  const text = /^pan:\d+: (.+)$/m.exec(output)?.[1]
  if (text === undefined) return undefined
  if (text.startsWith('assertion violated')) return { kind: 'assertion', text }
  if (text.startsWith('invalid end state')) return { kind: 'stuck', text }
  if (text.startsWith('non-progress cycle')) return { kind: 'circle', text }
  throw new Error(`spin found something that is no error of a kind known here: ${text}`)
}

/** An error ends the search; whatever else ends it early is no result. */
function truncationIn(output: string, failed: boolean, hasError: boolean): string | undefined {
  const limit = /max search depth too small|reached -DMEMLIM bound|out of memory|hash table is full/.exec(output)?.[0]
  if (limit !== undefined) return limit
  if (hasError) return undefined
  if (!/errors: 0$/m.test(output)) return failed ? 'the search was ended from outside' : 'the search said nothing'
  return /Search not completed/.exec(output)?.[0]
}

function countsIn(output: string): Pick<Outcome, 'states' | 'transitions' | 'depth' | 'memoryMb'> {
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0)
  return {
    states: number(/(\d+) states, stored/),
    transitions: number(/(\d+) transitions \(/),
    depth: number(/depth reached (\d+)/),
    memoryMb: number(/([\d.]+)\ttotal actual memory usage/),
  }
}

async function trailOf(defines: readonly string[], folder: string): Promise<string> {
  const { output } = await run('spin', [...defines, '-k', 'ring.pml.trail', '-p', MODEL], folder)
  const [steps, end] = output.replaceAll(MODEL_FOLDER, '').split(/^spin: trail ends.*$/m)
  const last = steps!.split('\n').filter((line) => line.includes('proc') || line.startsWith('spin:'))
  return [...last.slice(-TRAIL_STEPS), end?.trim() ?? ''].join('\n')
}

async function must(command: string, args: readonly string[], folder: string): Promise<void> {
  const { output, failed } = await run(command, args, folder)
  if (failed) throw new Error(`${command} ${args.join(' ')}\n${output}`)
}

function run(command: string, args: readonly string[], cwd: string, timeout = 0): Promise<Run> {
  const options = { cwd, timeout, maxBuffer: OUTPUT_MAX, killSignal: 'SIGKILL' } as const
  return new Promise((resolve) => {
    execFile(command, args, options, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ output: stdout + stderr, failed: error !== null })
    })
  })
}
