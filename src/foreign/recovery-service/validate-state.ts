/** The recovery service's verdict about a state. */
import type { Row } from '../../trading/service-columns.ts'
import type { EventStreamCheck } from './event-stream-check.ts'
import type { Findings } from './findings.ts'
import { checkBalances, checkOrders, checkPositions } from './state-checks.ts'

/** What is checked. */
export interface CheckedState {
  readonly positions: readonly Row[]
  /** Gone through more than once. */
  readonly orders: () => Iterable<Row>
  readonly balances: readonly Row[]
  readonly events: EventStreamCheck
}

export const STATE_CHECKS = ['positions', 'orders', 'balances', 'event_stream'] as const
export type StateCheck = (typeof STATE_CHECKS)[number]

/** What each check found. */
export type StateFindings = Readonly<Record<StateCheck, Findings>>

export function checkState({ positions, orders, balances, events }: CheckedState): StateFindings {
  return {
    positions: checkPositions(positions, orders()),
    orders: checkOrders(orders),
    balances: checkBalances(balances, positions),
    event_stream: events.findings(),
  }
}

/** The result of the service's `validate_state`. */
export interface StateVerdict extends Findings {
  readonly is_consistent: boolean
  readonly validations_performed: readonly StateCheck[]
}

export function stateVerdict(findings: StateFindings): StateVerdict {
  const { errors, warnings } = together(findings)
  return { is_consistent: errors.length === 0, errors, warnings, validations_performed: STATE_CHECKS }
}

/** The result of the service's check of a state that was recovered for a certain time. */
export interface RecoveryVerdict extends Findings {
  readonly is_valid: boolean
}

/** @param target nanoseconds since 1970 */
export function recoveryVerdict(findings: StateFindings, events: EventStreamCheck, target: bigint): RecoveryVerdict {
  const { errors, warnings } = together(findings)
  const all = [...events.targetErrors(target), ...errors]
  return { is_valid: all.length === 0, errors: all, warnings }
}

function together(findings: StateFindings): Findings {
  const all = STATE_CHECKS.map((check) => findings[check])
  return { errors: all.flatMap(({ errors }) => errors), warnings: all.flatMap(({ warnings }) => warnings) }
}
