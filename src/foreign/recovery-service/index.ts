/** The recovery service: its checks of a state, and its way to hold orders against an exchange's. */
export { compareSequence, EventStreamCheck } from './event-stream-check.ts'
export type { Findings } from './findings.ts'
export { MemoryState } from './memory-state.ts'
export { type Reconciliation, reconcileOrders, type StatusMismatch } from './reconcile.ts'
export { isoText, parseServiceTime, type ServiceTime } from './service-time.ts'
export {
  type CheckedState,
  checkState,
  type RecoveryVerdict,
  recoveryVerdict,
  STATE_CHECKS,
  type StateCheck,
  type StateFindings,
  type StateVerdict,
  stateVerdict,
} from './validate-state.ts'
