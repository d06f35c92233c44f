/** The thread that does the cases, so that another one can see it hang. */
import { parentPort, workerData } from 'node:worker_threads'
import { SeededRandom } from '../support/seeded-random.ts'
import { LogTarget } from './log-target.ts'
import { InputMaker } from './make-input.ts'
import { runReal } from './real-target.ts'

export interface WorkerOrder {
  readonly seed: number
  readonly first: number
  /** Number behind the last case. */
  readonly end: number
  /** Milliseconds since the epoch. */
  readonly deadline: number
  /** The number of the case that is being done: a Float64. */
  readonly status: SharedArrayBuffer
}

/** What the worker posts when it ends by itself. */
export interface WorkerReport {
  /** Cases that held. */
  readonly cases: number
  readonly records: number
  readonly damage: number
  /** By what was tried, and the code. */
  readonly refusals: ReadonlyMap<string, number>
  /** What did not hold, in the case that is in the status. */
  readonly finding: string | undefined
}

/** Every so many cases also as real files, and every so many through the real commands. */
const REAL_EVERY = 50
const COMMANDS_EVERY = 1000

const { seed, first, end, deadline, status } = workerData as WorkerOrder
const current = new Float64Array(status)
const maker = new InputMaker()
const target = new LogTarget()
let number = first
let finding: string | undefined

for (; number < end && Date.now() < deadline && finding === undefined; number++) {
  current[0] = number
  try {
    const input = maker.make(seed, number)
    await target.run(input, new SeededRandom(seed * 2 ** 32 + number + 2 ** 31))
    if (number % REAL_EVERY === 0) await runReal(input, target.counts.refusals, number % COMMANDS_EVERY === 0)
  } catch (error) {
    finding = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}
const cases = number - first - (finding === undefined ? 0 : 1)
const report: WorkerReport = { ...target.counts, cases, finding }
parentPort!.postMessage(report)
