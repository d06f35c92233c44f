import type { LimitedEnd } from '../read/frames-up-to.ts'
import { type ArchiveProblem, timeText } from './catalog.ts'

/** What was, or would be, restored. Names are those of `--json`. */
export interface RestoreReport {
  readonly archive: string
  readonly output: string
  /** Where what was in its place is now; null if nothing was. */
  readonly originals: string | null
  readonly dryRun: boolean
  readonly validated: boolean
  readonly logId: string
  /** Ids of the backups that it is made of, the oldest first. */
  readonly backups: readonly string[]
  /** LSNs of the restored log. `lastLsn` is null after a dry run where the last segment is too long to be looked through. */
  readonly firstLsn: number
  readonly lastLsn: number | null
  /** Time of the last record, ISO 8601; null where it is not known. */
  readonly lastTime: string | null
  /** Whether it holds all up to the target: no newer backup had to be passed over. */
  readonly reached: boolean
  /** Whether the target lies in an atomic batch, which counts whole or not at all: the log then ends before it. */
  readonly cutsBatch: boolean
  /** Whether it begins with LSN 1, or has a checkpoint of all before it. */
  readonly complete: boolean
  /** File names. */
  readonly checkpoints: readonly string[]
  readonly objects: number
  /** As they are stored. */
  readonly bytes: number
  /** What of the archive can not be used, and was passed over. */
  readonly problems: readonly ArchiveProblem[]
}

/** @param end undefined where it is not known */
export function reachOf(end: LimitedEnd | undefined): Pick<RestoreReport, 'lastLsn' | 'lastTime' | 'cutsBatch'> {
  if (end === undefined) return { lastLsn: null, lastTime: null, cutsBatch: false }
  return { lastLsn: end.lsn, lastTime: timeText(end.time ?? null), cutsBatch: end.cutsBatch }
}
