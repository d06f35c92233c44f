import { recoveryEvidenceText } from '../../src/evidence/index.ts'
import { formatCount, rate } from '../support/format.ts'
import type { DrillResult } from './drill-plan.ts'
import type { DrillLimits } from './verdict.ts'

/** For people; the last line is the answer. @param kept the drill's directory, if it was not removed */
export function linesOf(
  result: DrillResult,
  seed: number,
  limits: DrillLimits,
  failures: readonly string[],
  kept: string | null,
): readonly string[] {
  const { fault, policy, input, acknowledged, unacknowledged, unacknowledgedLost, recovered, orders } = result
  const { loadSeconds, openMs, replayMs, rtoSeconds, rpoEvents, damageMade, damageFound } = result
  const speed = formatCount(rate(acknowledged + unacknowledged, loadSeconds))
  const steps = result.steps.map(({ name, seconds }) => `${name} ${seconds} s`).join(', ')
  const state = result.stateEqual ? 'that of these events' : 'NOT that of these events'
  return [
    `drill        recovery from ${fault}, sync ${policy}, seed ${seed}, events: ${input}`,
    `load         ${formatCount(acknowledged)} events acknowledged, ${unacknowledged} not yet, ${speed} events/s`,
    ...(damageMade === 0 ? [] : [`damage       ${damageMade} places, of which verify found ${damageFound}`]),
    `recovered    ${formatCount(recovered)} events; the state is ${state}, with ${formatCount(orders)} open orders`,
    `steps        ${steps}; of the start, open ${openMs} ms, replay ${replayMs} ms`,
    `RTO          ${rtoSeconds} s from the failure to a durable record (limit ${limits.maxRtoSeconds} s)`,
    `RPO          ${formatCount(rpoEvents)} acknowledged events lost (limit ${limits.maxRpoEvents}), and ${unacknowledgedLost} of those that were not`,
    ...failures.map((failure) => `failed       ${failure}`),
    ...(kept === null ? [] : [`kept         ${kept}`]),
    failures.length === 0 ? 'PASS' : 'FAIL',
  ]
}

/** What the operator has to say about a drill. */
export interface DrillWords {
  readonly operator: string
  readonly release: string
  readonly notes: string | undefined
}

/** The evidence of a drill, as the order gateway's runbook has it. */
export function evidenceOf(result: DrillResult, { operator, release, notes }: DrillWords, passed: boolean): string {
  const { failureMs, rtoSeconds, rpoEvents, walPath } = result
  return recoveryEvidenceText({
    releaseVersion: release,
    walPath,
    failureStartMs: failureMs,
    recoveryCompleteMs: failureMs + Math.round(rtoSeconds * 1000),
    rpoEvents,
    operator,
    passed,
    notes: notes ?? summaryOf(result),
  })
}

function summaryOf(result: DrillResult): string {
  const { fault, policy, acknowledged, recovered, unacknowledgedLost, stateEqual } = result
  const counts = `${acknowledged} events acknowledged, ${recovered} recovered, ${unacknowledgedLost} unacknowledged lost`
  return `${fault} under load, sync ${policy}, ${counts}, state ${stateEqual ? 'equal' : 'differs'}`
}
