import { type CallPoint, dieAt } from './death-points.ts'
import { Lives } from './lives.ts'
import { describeError, describePoint, shared, shuffledPoints } from './sweep.ts'

export interface SweepPlan {
  /** Logs are made in it. */
  readonly base: string
  /** Of the records, and of the order in which points are tried. */
  readonly seed: number
  /** Lives at a time. */
  readonly jobs: number
  /** Monotonic time after which no further life begins. */
  readonly deadline: number
  /** Kinds of life to try: indices in `SETTINGS`. */
  readonly settings: readonly number[]
  /** Points to try at most. */
  readonly points: number
  readonly onPoint?: (totals: DeathTotals) => void
}

export interface DeathTotals {
  /** Points that there are. */
  known: number
  /** Deaths, each at another point. */
  deaths: number
  /** Lives that ended by themselves before their point: threads race, and some calls come once more or less. */
  missed: number
  /** Deaths by call. */
  readonly families: Record<string, number>
  readonly violations: string[]
  seconds: number
}

/** Kills a life at each point, in the order of the seed, until all have been tried or the time is up. */
export async function sweepDeaths(plan: SweepPlan): Promise<DeathTotals> {
  const started = performance.now()
  const totals: DeathTotals = { known: 0, deaths: 0, missed: 0, families: {}, violations: [], seconds: 0 }
  const lives = new Lives(plan.base, plan.seed)
  try {
    const points = await shuffledPoints(lives, plan)
    totals.known = points.length
    await shared(plan.jobs, points.slice(0, plan.points), async (point) => {
      if (performance.now() >= plan.deadline) return
      await tryPoint(lives, point, totals)
      totals.seconds = (performance.now() - started) / 1000
      plan.onPoint?.(totals)
    })
  } finally {
    lives.end()
  }
  return totals
}

async function tryPoint(lives: Lives, point: CallPoint, totals: DeathTotals): Promise<void> {
  try {
    const isDead = await dieAt(lives, point)
    if (!isDead) totals.missed++
    else {
      totals.deaths++
      totals.families[point.family] = (totals.families[point.family] ?? 0) + 1
    }
  } catch (error) {
    totals.violations.push(`death ${describePoint(point)}: ${describeError(error)}`)
  }
}
