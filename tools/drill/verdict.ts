import { formatCount } from '../support/format.ts'
import type { DrillResult } from './drill-plan.ts'

export interface DrillLimits {
  readonly maxRtoSeconds: number
  readonly maxRpoEvents: number
}

/** Why a drill has failed; empty if it passed. */
export function failuresOf(result: DrillResult, limits: DrillLimits): readonly string[] {
  const { rtoSeconds, rpoEvents, stateEqual, problem, damageMade, damageFound } = result
  const { maxRtoSeconds, maxRpoEvents } = limits
  const failures: string[] = []
  if (damageFound < damageMade) failures.push(`verify found ${damageFound} of ${damageMade} places of damage`)
  if (!stateEqual) failures.push('the rebuilt state is not that of the events')
  if (rpoEvents > maxRpoEvents) {
    const first = problem === null ? '' : `; the first: ${problem}`
    failures.push(`${formatCount(rpoEvents)} acknowledged events are lost, ${maxRpoEvents} may be${first}`)
  } else if (problem !== null && rpoEvents === 0) failures.push(problem)
  if (rtoSeconds > maxRtoSeconds) failures.push(`the recovery took ${rtoSeconds} s, ${maxRtoSeconds} s may it take`)
  return failures
}
