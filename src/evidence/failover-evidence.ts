/** Evidence of a failover: its steps, how long they took, and how far the standby was behind. */
import { floatText } from '../foreign/python/python-number.ts'
import { checkLimit, requireFinite, requireFloat, requireInteger, requireText } from './evidence-fields.ts'
import { type EvidenceValues, refusal } from './key-values.ts'

/** All must be there; only `FAILOVER_FAILED_STEP` may be empty. */
const FAILOVER_KEYS = [
  'FAILOVER_ENV',
  'FAILOVER_DRY_RUN',
  'FAILOVER_SUCCESS',
  'FAILOVER_TOTAL_STEPS',
  'FAILOVER_FAILED_STEP',
  'FAILOVER_DURATION_SECONDS',
  'DATA_SYNC_LAG_EVENTS',
] as const

export interface FailoverLimits {
  /** Seconds, 0 or more. */
  readonly maxFailoverSeconds: number
  /** Records, 0 or more. */
  readonly maxDataLagEvents: bigint
}

/** Those of the gateway's verifier; its runbook drills with 300 seconds. */
export const FAILOVER_LIMITS: FailoverLimits = { maxFailoverSeconds: 180, maxDataLagEvents: 0n }

const TRUE = ['true', '1', 'yes']
const FALSE = ['false', '0', 'no']
const STEP_STATUSES = ['ok', 'simulated_ok']
const STEP_KEY = /^STEP_(\d{1,15})_/

/** What evidence that was taken is good for. */
export interface FailoverVerdict {
  /** No step was really carried out. */
  readonly isDryRun: boolean
}

/**
 * Checks the evidence of a failover, in the order and the words of the gateway's own verifier.
 * @param isCompatible only what that checked: it lets pass a NaN, a success that names a failed step, steps behind the last
 *   one, and a duration shorter than its steps
 * @throws ERR_RINGWAL_INPUT with the first reason for which it is refused
 */
export function checkFailoverEvidence(
  values: EvidenceValues,
  limits: FailoverLimits,
  isCompatible: boolean,
): FailoverVerdict {
  checkKeys(values)
  const steps = requireInteger(values, 'FAILOVER_TOTAL_STEPS')
  if (steps === 0n) throw refusal('FAILOVER_TOTAL_STEPS must be > 0')
  const stepsMs = checkSteps(values, steps)
  const duration = requireFloat(values, 'FAILOVER_DURATION_SECONDS')
  checkLimits(values, duration, limits)
  if (!isCompatible) checkHonesty(values, limits, { duration, steps, stepsMs })
  return { isDryRun: !FALSE.includes(requireText(values, 'FAILOVER_DRY_RUN').toLowerCase()) }
}

function checkKeys(values: EvidenceValues): void {
  for (const key of FAILOVER_KEYS) {
    if (key !== 'FAILOVER_FAILED_STEP') requireText(values, key)
    else if (!values.has(key)) throw refusal(`missing required key: ${key}`)
  }
  const success = requireText(values, 'FAILOVER_SUCCESS').toLowerCase()
  if (FALSE.includes(success)) throw refusal('FAILOVER_SUCCESS must be true')
  if (!TRUE.includes(success)) throw refusal('FAILOVER_SUCCESS must be true/false')
}

/** @returns milliseconds of all steps together */
function checkSteps(values: EvidenceValues, steps: bigint): bigint {
  let total = 0n
  // However many steps are claimed: the first one that is not there ends it.
  for (let step = 1n; step <= steps; step++) {
    requireText(values, `STEP_${step}_NAME`)
    const status = requireText(values, `STEP_${step}_STATUS`)
    if (!STEP_STATUSES.includes(status)) throw refusal(`STEP_${step}_STATUS has invalid value: ${status}`)
    total += requireInteger(values, `STEP_${step}_DURATION_MS`)
  }
  return total
}

function checkLimits(values: EvidenceValues, duration: number, limits: FailoverLimits): void {
  const { maxFailoverSeconds, maxDataLagEvents } = limits
  checkLimit('max_failover_seconds', maxFailoverSeconds)
  if (duration > maxFailoverSeconds) {
    const actual = `actual=${floatText(duration)} max=${floatText(maxFailoverSeconds)}`
    throw refusal(`failover_duration_seconds threshold exceeded: ${actual}`)
  }
  const lag = requireInteger(values, 'DATA_SYNC_LAG_EVENTS')
  checkLimit('max_data_lag_events', maxDataLagEvents)
  if (lag > maxDataLagEvents)
    throw refusal(`data_sync_lag_events threshold exceeded: actual=${lag} max=${maxDataLagEvents}`)
}

interface FailoverFacts {
  readonly duration: number
  readonly steps: bigint
  readonly stepsMs: bigint
}

/** What the gateway's verifier did not look at. */
function checkHonesty(values: EvidenceValues, { maxFailoverSeconds }: FailoverLimits, facts: FailoverFacts): void {
  const { duration, steps, stepsMs } = facts
  requireFinite('FAILOVER_DURATION_SECONDS', duration)
  requireFinite('max_failover_seconds', maxFailoverSeconds)
  if (values.get('FAILOVER_FAILED_STEP') !== '')
    throw refusal('FAILOVER_FAILED_STEP must be empty where FAILOVER_SUCCESS is true')
  const more = [...values.keys()].find((key) => BigInt(STEP_KEY.exec(key)?.[1] ?? 0) > steps)
  if (more !== undefined) throw refusal(`${more} is behind the last step: FAILOVER_TOTAL_STEPS=${steps}`)
  // Seconds are whole in the gateway's own evidence, rounded down.
  if (BigInt(Math.floor(duration)) < stepsMs / 1000n)
    throw refusal(
      `failover_duration_seconds is less than its steps took: actual=${floatText(duration)} steps_ms=${stepsMs}`,
    )
}
