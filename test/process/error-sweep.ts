import { SeededRandom } from '../support/seeded-random.ts'
import { type Failure, failAt, failuresAt, type Taken } from './failing-calls.ts'
import { Lives } from './lives.ts'
import { describeError, describePoint, type PointsPlan, shared, shuffled, shuffledPoints } from './sweep.ts'

export interface ErrorPlan extends PointsPlan {
  /** Logs are made in it. */
  readonly base: string
  /** Monotonic time after which no further life begins, once a failure has poisoned a log. */
  readonly deadline: number
  /** Failures to try at most. */
  readonly failures: number
  /** Calls to fail; all by default. */
  readonly families?: readonly string[]
  readonly onFailure?: (totals: ErrorTotals) => void
}

export interface ErrorTotals {
  /** Failures that there are. */
  known: number
  /** Failures that were met, by how the log took them: `missed` are lives that ended by themselves before. */
  readonly taken: Record<Taken, number>
  /** Of those that poisoned or refused, by call and error. */
  readonly failures: Record<string, number>
  readonly violations: string[]
  seconds: number
}

/** Fails calls, each in a life of its own, in the order of the seed, until all have been tried or the time is up. */
export async function sweepErrors(plan: ErrorPlan): Promise<ErrorTotals> {
  const started = performance.now()
  const taken = { missed: 0, 'went on': 0, poisoned: 0, refused: 0 }
  const totals: ErrorTotals = { known: 0, taken, failures: {}, violations: [], seconds: 0 }
  const lives = new Lives(plan.base, plan.seed)
  try {
    const points = await shuffledPoints(lives, plan)
    const wanted = points.filter(({ family }) => plan.families?.includes(family) ?? true)
    const failures = shuffled(wanted.flatMap(failuresAt), new SeededRandom(plan.seed + 1))
    totals.known = failures.length
    await shared(plan.jobs, failures.slice(0, plan.failures), async (failure) => {
      // However slow the machine is, a slice says something.
      if (performance.now() >= plan.deadline && totals.taken.poisoned > 0) return
      await tryFailure(lives, failure, totals)
      totals.seconds = (performance.now() - started) / 1000
      plan.onFailure?.(totals)
    })
  } finally {
    lives.end()
  }
  return totals
}

async function tryFailure(lives: Lives, failure: Failure, totals: ErrorTotals): Promise<void> {
  const { family, errno, isForEver } = failure
  try {
    const taken = await failAt(lives, failure)
    totals.taken[taken]++
    if (taken === 'missed' || taken === 'went on') return
    const name = `${family} ${errno}`
    totals.failures[name] = (totals.failures[name] ?? 0) + 1
  } catch (error) {
    const what = `${errno}${isForEver ? ' for ever' : ''} ${describePoint(failure)}`
    totals.violations.push(`${what}: ${describeError(error)}`)
  }
}
