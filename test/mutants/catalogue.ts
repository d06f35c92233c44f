import type { Mutant } from './mutant.ts'
import { ARCHIVIST_MUTANTS } from './mutants/archivist.ts'
import { CHECKPOINT_MUTANTS } from './mutants/checkpoint.ts'
import { DRILL_MUTANTS } from './mutants/drill.ts'
import { FILE_MUTANTS } from './mutants/files.ts'
import { KERNEL_MUTANTS } from './mutants/kernels.ts'
import { LOCK_MUTANTS } from './mutants/lock.ts'
import { PROPERTY_MUTANTS } from './mutants/properties.ts'
import { RECOVERY_MUTANTS } from './mutants/recovery.ts'
import { REPAIR_MUTANTS } from './mutants/repair.ts'
import { RETENTION_MUTANTS } from './mutants/retention.ts'
import { RETIRE_MUTANTS } from './mutants/retire.ts'
import { RING_MUTANTS } from './mutants/ring.ts'
import { S3_AND_THINNING_MUTANTS } from './mutants/s3-and-thinning.ts'
import { SCANNER_MUTANTS } from './mutants/scanner.ts'
import { SEGMENT_MUTANTS } from './mutants/segments.ts'
import { SYNC_MUTANTS } from './mutants/sync.ts'
import { THREAD_MUTANTS } from './mutants/threads.ts'
import { WRITER_MUTANTS } from './mutants/writer.ts'

/** All mutants, by the part of the log that they are in. */
export const ROOMS: Readonly<Record<string, readonly Mutant[]>> = {
  writer: WRITER_MUTANTS,
  sync: SYNC_MUTANTS,
  recovery: RECOVERY_MUTANTS,
  segments: SEGMENT_MUTANTS,
  retire: RETIRE_MUTANTS,
  retention: RETENTION_MUTANTS,
  checkpoint: CHECKPOINT_MUTANTS,
  archivist: ARCHIVIST_MUTANTS,
  threads: THREAD_MUTANTS,
  lock: LOCK_MUTANTS,
  files: FILE_MUTANTS,
  scanner: SCANNER_MUTANTS,
  kernels: KERNEL_MUTANTS,
  ring: RING_MUTANTS,
  repair: REPAIR_MUTANTS,
  properties: PROPERTY_MUTANTS,
  drill: DRILL_MUTANTS,
  's3-and-thinning': S3_AND_THINNING_MUTANTS,
}
