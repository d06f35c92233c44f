/** Evidence of a recovery: how long it took, and what was lost. */
import { floatText } from '../foreign/python/python-number.ts'
import { checkLimit, requireFinite, requireFloat, requireInteger, requireText } from './evidence-fields.ts'
import { type EvidenceValues, refusal } from './key-values.ts'
import { utcSecond } from './utc-second.ts'

/** All must be there, and none may be empty. */
export const RECOVERY_KEYS = [
  'drill_id',
  'release_version',
  'wal_path',
  'failure_start_utc',
  'recovery_complete_utc',
  'rto_seconds',
  'rpo_events',
  'operator',
  'result',
  'notes',
] as const
export type RecoveryKey = (typeof RECOVERY_KEYS)[number]

export interface RecoveryLimits {
  /** Seconds, 0 or more. */
  readonly maxRtoSeconds: number
  /** Records, 0 or more. */
  readonly maxRpoEvents: bigint
}

/** Those of the order gateway's runbook. */
export const RECOVERY_LIMITS: RecoveryLimits = { maxRtoSeconds: 10, maxRpoEvents: 0n }

/** How far two times of a second each may be off, together. */
const TIMES_SLACK_SECONDS = 1

/**
 * Checks the evidence of a recovery, in the order and the words of the gateway's own verifier.
 * @param isCompatible only what that checked: it lets pass a drill that failed, a NaN, a duration shorter than the times say,
 *   and times that are not quite of their form
 * @throws ERR_RINGWAL_INPUT with the first reason for which it is refused
 */
export function checkRecoveryEvidence(values: EvidenceValues, limits: RecoveryLimits, isCompatible: boolean): void {
  for (const key of RECOVERY_KEYS) requireText(values, key)
  const started = requireTime(values, 'failure_start_utc', isCompatible)
  const complete = requireTime(values, 'recovery_complete_utc', isCompatible)
  if (complete < started) throw refusal('recovery_complete_utc must be >= failure_start_utc')
  const rto = requireFloat(values, 'rto_seconds')
  const rpo = requireInteger(values, 'rpo_events')
  const result = requireText(values, 'result').toLowerCase()
  if (result !== 'pass' && result !== 'fail') throw refusal('result must be pass or fail')
  checkLimits(rto, rpo, limits)
  if (!isCompatible) checkHonesty(rto, limits, complete - started, result)
}

function requireTime(values: EvidenceValues, key: RecoveryKey, isLenient: boolean): number {
  const time = utcSecond(requireText(values, key), isLenient)
  if (time === undefined) throw refusal(`${key} must be ISO8601 UTC like 2026-02-11T12:00:00Z`)
  return time
}

function checkLimits(rto: number, rpo: bigint, { maxRtoSeconds, maxRpoEvents }: RecoveryLimits): void {
  checkLimit('max_rto_seconds', maxRtoSeconds)
  checkLimit('max_rpo_events', maxRpoEvents)
  if (rto > maxRtoSeconds)
    throw refusal(`rto_seconds threshold exceeded: actual=${floatText(rto)} max=${floatText(maxRtoSeconds)}`)
  if (rpo > maxRpoEvents) throw refusal(`rpo_events threshold exceeded: actual=${rpo} max=${maxRpoEvents}`)
}

/** What the gateway's verifier did not look at. A duration longer than the times say stays: it can only be held against the drill. */
function checkHonesty(rto: number, { maxRtoSeconds }: RecoveryLimits, elapsed: number, result: string): void {
  requireFinite('rto_seconds', rto)
  requireFinite('max_rto_seconds', maxRtoSeconds)
  if (result === 'fail') throw refusal('result is fail')
  if (rto < elapsed - TIMES_SLACK_SECONDS)
    throw refusal(`rto_seconds is less than the times say: actual=${floatText(rto)} times=${floatText(elapsed)}`)
}
