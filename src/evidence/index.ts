/** Evidence of drills: what it must say, and the text of it. */
export {
  checkFailoverEvidence,
  FAILOVER_LIMITS,
  type FailoverLimits,
  type FailoverVerdict,
} from './failover-evidence.ts'
export {
  type FailoverDrill,
  type FailoverPlan,
  type FailoverStep,
  failoverEvidenceText,
  parseFailoverPlan,
  runFailover,
  type StepResult,
} from './failover-plan.ts'
export { EVIDENCE_BYTES_MAX, type EvidenceValues, parseEvidence } from './key-values.ts'
export {
  checkRecoveryEvidence,
  RECOVERY_KEYS,
  RECOVERY_LIMITS,
  type RecoveryKey,
  type RecoveryLimits,
} from './recovery-evidence.ts'
export { type RecoveryDrill, recoveryEvidenceText } from './write-evidence.ts'
