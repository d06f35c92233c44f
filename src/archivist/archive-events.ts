import type { LsnGap } from '../archive/archive-log.ts'
import type { ErrorRecord } from '../errors.ts'

/** `open`: the target failed so often in a row that it is left alone for a while; `half-open`: it is being tried again. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** What an archivist tells of its work, in order. All of it can be cloned to another thread. */
export type ArchiveEvent =
  /** A backup is stored, and counts, whatever becomes of the run. */
  | { readonly kind: 'stored'; readonly storedBytes: number }
  | ArchivedEvent
  /** All that was durable at a time is in the archive. @see processMs */
  | { readonly kind: 'current'; readonly atMs: number }
  | {
      readonly kind: 'failed'
      readonly error: ErrorRecord
      /** How many runs failed in a row. */
      readonly inRow: number
      /** Until the next one; null if there will be none, as the log is being closed. */
      readonly retryMs: number | null
    }
  /** LSNs were retired before they were archived. */
  | ({ readonly kind: 'gap' } & LsnGap)
  /** A checkpoint can not be used, and is not archived. */
  | { readonly kind: 'passed-over'; readonly name: string; readonly reason: string }
  | { readonly kind: 'breaker'; readonly state: BreakerState }

/** A run came to its end. */
export interface ArchivedEvent {
  readonly kind: 'archived'
  /** Last LSN of the archive now. */
  readonly lastLsn: number
  /** How many backups it stored: none if there was nothing new. */
  readonly backups: number
  readonly storedBytes: number
  readonly elapsedMs: number
}

/** Milliseconds on a clock that all threads of a process share, and that nobody sets. */
export function processMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}
