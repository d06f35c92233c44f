import {
  checkState,
  type Findings,
  recoveryVerdict,
  STATE_CHECKS,
  type StateFindings,
  stateVerdict,
} from '../../src/foreign/recovery-service/index.ts'
import { readService, type ServiceSource } from '../service/service-source.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { plural } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface ValidateFlags {
  /** Nanoseconds since 1970. */
  readonly timestamp?: bigint
  readonly compat?: true
  readonly json?: true
}

export async function validate(path: string, flags: ValidateFlags, output: Output): Promise<number> {
  const source = await readService(path)
  const findings = withFaults(checkState({ ...source.tables, events: source.stream }), source)
  const { timestamp } = flags
  const verdict = timestamp === undefined ? stateVerdict(findings) : recoveryVerdict(findings, source.stream, timestamp)
  if (flags.json || flags.compat) output.line(printable(JSON.stringify(verdict)))
  else for (const line of linesOf(findings, verdict, source, timestamp)) output.line(printable(line))
  await output.flush()
  return verdict.errors.length === 0 ? EXIT_FINE : EXIT_NO
}

/** Damage, and records that were not taken, leave a state that nobody meant. */
function withFaults(findings: StateFindings, { faults }: ServiceSource): StateFindings {
  const { errors, warnings } = findings.event_stream
  return { ...findings, event_stream: { errors: [...faults, ...errors], warnings } }
}

function* linesOf(
  findings: StateFindings,
  verdict: Findings,
  { stream }: ServiceSource,
  timestamp: bigint | undefined,
): Generator<string> {
  for (const check of STATE_CHECKS) yield* checkLines(check, findings[check])
  if (timestamp !== undefined) yield* checkLines('target', { errors: stream.targetErrors(timestamp), warnings: [] })
  const { errors, warnings } = verdict
  const counts = `${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}`
  yield errors.length === 0 ? `OK: ${counts}` : `INCONSISTENT: ${counts}`
}

function* checkLines(check: string, { errors, warnings }: Findings): Generator<string> {
  for (const error of errors) yield `${check}: FAIL: ${error}`
  for (const warning of warnings) yield `${check}: WARN: ${warning}`
  if (errors.length + warnings.length === 0) yield `${check}: PASS`
}
