/** Logs that other systems have written: readers and replays. README.md tells of the formats. */
export { describeForeignDamage, type ForeignDamage, type OnForeignDamage } from './foreign-damage.ts'
export type { ForeignOptions } from './foreign-options.ts'
export * from './order-binary/index.ts'
export * from './order-jsonl/index.ts'
export * from './partition-binary/index.ts'
export {
  type CheckedState,
  checkState,
  EventStreamCheck,
  type Findings,
  MemoryState,
  type Reconciliation,
  type RecoveryVerdict,
  reconcileOrders,
  recoveryVerdict,
  type StateFindings,
  type StateVerdict,
  stateVerdict,
} from './recovery-service/index.ts'
export { type ReplayCounts, summaryLine } from './summary-line.ts'
