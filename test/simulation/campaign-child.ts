/** A process of the campaign of lives: every `stride`-th seed, until the deadline or the first failure. */
import type { Sampling } from './crash-watch.ts'
import { drawLife, type LifeScript } from './decision.ts'
import { LifeFailure, live } from './life.ts'
import { caseOf, type LifeCase } from './life-case.ts'
import { addLife, type LifeTotals, NO_LIVES } from './life-totals.ts'
import { SMALL_LIVES, smallLife } from './small-lives.ts'

export interface Task {
  readonly seed: number
  readonly stride: number
  /** Seeds to live at most. */
  readonly lives: number
  readonly budgetMs: number
  /** Decisions of a random life; 0 for the small lives, each in its turn: a seed is its number. */
  readonly steps: number
  readonly sampling: Sampling
}

export interface Report {
  readonly totals: LifeTotals
  /** Processor time of the process, in seconds. */
  readonly cpuSeconds: number
  /** Set in the last report, if a life failed. */
  readonly failure?: LifeCase & { readonly seed: number; readonly stack: string | undefined }
  readonly isLast: boolean
}

/** How often a long campaign says how far it is. */
const REPORT_MS = 1000

/** @param tell told now and then, and at the end */
export async function runLives(task: Task, tell: (report: Report) => void): Promise<void> {
  const deadline = performance.now() + task.budgetMs
  let totals = NO_LIVES
  let told = performance.now()
  let seed = task.seed
  for (let life = 0; life < task.lives && performance.now() < deadline; life++) {
    seed = task.seed + life * task.stride
    try {
      totals = addLife(totals, await live(lifeOf(seed, task.steps), task.sampling))
    } catch (error) {
      if (!(error instanceof LifeFailure)) throw error
      totals = addLife(totals, error.result)
      tell({
        totals,
        cpuSeconds: cpuSeconds(),
        failure: { ...caseOf(error), seed, stack: stackOf(error) },
        isLast: true,
      })
      return
    }
    if (performance.now() - told < REPORT_MS) continue
    told = performance.now()
    tell({ totals, cpuSeconds: cpuSeconds(), isLast: false })
  }
  tell({ totals, cpuSeconds: cpuSeconds(), isLast: true })
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

export function lifeOf(seed: number, steps: number): LifeScript {
  return steps === 0 ? smallLife(seed % SMALL_LIVES) : drawLife(seed, steps)
}

function stackOf(error: Error): string | undefined {
  let last = error
  while (last.cause instanceof Error) last = last.cause
  return last.stack
}

if (process.send !== undefined && process.argv[2] === 'child') {
  process.once('message', (task: Task) => {
    void runLives(task, (report) => process.send!(report)).then(() => process.disconnect())
  })
}
