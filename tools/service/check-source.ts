import {
  checkState,
  type Findings,
  type RecoveryVerdict,
  recoveryVerdict,
  STATE_CHECKS,
  type StateFindings,
  type StateVerdict,
  stateVerdict,
} from '../../src/foreign/recovery-service/index.ts'
import type { ServiceSource } from './service-source.ts'

/** What the recovery service's checks say of a state. */
export interface CheckedSource {
  readonly findings: StateFindings
  /** Of a state of a certain time: that no event is later. */
  readonly target: Findings | undefined
  readonly verdict: StateVerdict | RecoveryVerdict
}

/** @param timestamp nanoseconds since 1970; undefined if the state is of no certain time */
export function checkSource(source: ServiceSource, timestamp: bigint | undefined): CheckedSource {
  const { tables, stream } = source
  const findings = withFaults(checkState({ ...tables, events: stream }), source)
  if (timestamp === undefined) return { findings, target: undefined, verdict: stateVerdict(findings) }
  const target = { errors: stream.targetErrors(timestamp), warnings: [] }
  return { findings, target, verdict: recoveryVerdict(findings, stream, timestamp) }
}

/** Damage, and records that were not taken, leave a state that nobody meant. */
function withFaults(findings: StateFindings, { faults }: ServiceSource): StateFindings {
  const { errors, warnings } = findings.event_stream
  return { ...findings, event_stream: { errors: [...faults, ...errors], warnings } }
}

/** A line for each check that passed, and for each finding of the others. */
export function* checkLines({ findings, target }: CheckedSource): Generator<string> {
  for (const check of STATE_CHECKS) yield* linesOf(check, findings[check])
  if (target !== undefined) yield* linesOf('target', target)
}

function* linesOf(check: string, { errors, warnings }: Findings): Generator<string> {
  for (const error of errors) yield `${check}: FAIL: ${error}`
  for (const warning of warnings) yield `${check}: WARN: ${warning}`
  if (errors.length + warnings.length === 0) yield `${check}: PASS`
}
