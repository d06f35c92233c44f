export type { BreakerState } from './archivist/archive-events.ts'
export type { ArchiveStats } from './archivist/archive-ledger.ts'
export type { WalArchiveOptions } from './archivist/archivist-options.ts'
export type { PassedOver } from './checkpoint/newest-checkpoint.ts'
export {
  type DeclaredRecord,
  defineRecord,
  type Field,
  type FieldKinds,
  type Fields,
  field,
  type PayloadDecoder,
  type RecordDeclaration,
  type RecordOf,
  type RecordSource,
  routingKey,
  type TextNames,
  type ValueOf,
} from './codec/index.ts'
export { ERROR_MEANINGS, type ErrorCode, RingwalError } from './errors.ts'
export { type Damage, type DamageClass, describeDamage, type TornTail } from './read/damage.ts'
export { Entry } from './read/entry.ts'
export type { ReadOptions } from './read/read-options.ts'
export { readWal } from './read/read-wal.ts'
export {
  type LeftOut,
  type LostRange,
  type RepairedSegment,
  type RepairOptions,
  type RepairReport,
  repairLog,
  type SalvageOptions,
  salvageFiles,
} from './repair/index.ts'
export type { Reducer, ReplayEntry } from './replay/reducer.ts'
export { type ReplayResult, replay } from './replay/replay.ts'
export type { ReplayOptions } from './replay/replay-options.ts'
export type { ReplayReport } from './replay/replay-report.ts'
export { dropPosition, readPositions, setPosition } from './retention/outside-positions.ts'
export type { Position } from './retention/position-files.ts'
export type { RetentionOptions } from './retention/retention-options.ts'
export type { TruncateAfterOptions, TruncateAfterReport } from './truncate/cut-request.ts'
export { truncateAfter } from './truncate/truncate-after.ts'
export { type VerifyOptions, verifyLog } from './verify/verify-log.ts'
export type { VerifyReport } from './verify/verify-report.ts'
export { Appender } from './wal/appender.ts'
export type { CheckpointReport } from './wal/checkpoint-keeper.ts'
export type { CheckpointOptions, Snapshot } from './wal/checkpoint-options.ts'
export { type CompactOptions, type CompactReport, compactLog, type KeptCheckpoint } from './wal/compact-log.ts'
export type { Hold } from './wal/holds.ts'
export type { CheckpointResult } from './wal/kept-log.ts'
export type { WalTruncateAfterOptions } from './wal/live-cut.ts'
export type { Obstacle } from './wal/obstacles.ts'
export type { ResumeOptions, WalOptions } from './wal/options.ts'
export type { BytesOptions, BytesRecord, RecordOptions, RecordTime } from './wal/record-options.ts'
export type { Observing, OpenMode, RecoverMode, RecoveryReport } from './wal/recovery-report.ts'
export type { TruncateReport } from './wal/segment-retirer.ts'
export type { SyncPolicy } from './wal/sync-plan.ts'
export { Wal } from './wal/wal.ts'
export { WalProducer } from './wal/wal-producer.ts'
export type { WalStats } from './wal/wal-stats.ts'
