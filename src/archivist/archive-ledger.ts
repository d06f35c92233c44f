import type { ErrorCode } from '../errors.ts'
import { type ArchiveEvent, type BreakerState, processMs } from './archive-events.ts'

/** How an open log's archive stands; counts since the log was opened. */
export interface ArchiveStats {
  /** Last LSN of the archive; null until a run ended well. */
  readonly lastLsn: number | null
  /** How many durable LSNs it lacks; null until a run ended well. */
  readonly lagLsns: number | null
  /** Everything that was durable so many milliseconds ago is archived; since the log was opened, until that is so. */
  readonly ageMs: number
  /** Runs that ended well, and that failed. */
  readonly runs: number
  readonly failures: number
  /** How often LSNs were found to have been retired before they were archived. */
  readonly gaps: number
  /** Bytes stored, as they are stored. */
  readonly bytes: number
  /** `open`: the target failed so often that it is left alone for a while; `half-open`: it is being tried again. */
  readonly breaker: BreakerState
  /** Why the latest run failed; null if it did not. */
  readonly lastError: { readonly code: ErrorCode; readonly message: string } | null
}

/** What an archivist has told, added up; outlives its thread. */
export class ArchiveLedger {
  private readonly now: () => number
  private readonly counts = { runs: 0, failures: 0, gaps: 0, bytes: 0 }
  private lastLsn: number | null = null
  private currentAtMs: number
  private breaker: BreakerState = 'closed'
  private lastError: ArchiveStats['lastError'] = null

  /** @param now on the clock of `processMs` */
  constructor(now: () => number = processMs) {
    this.now = now
    this.currentAtMs = now()
  }

  hear(event: ArchiveEvent): void {
    const { counts } = this
    if (event.kind === 'stored') {
      counts.bytes += event.storedBytes
    } else if (event.kind === 'archived') {
      counts.runs++
      this.lastLsn = event.lastLsn
      this.lastError = null
    } else if (event.kind === 'failed') {
      counts.failures++
      this.lastError = { code: event.error.code, message: event.error.message }
    } else if (event.kind === 'current') this.currentAtMs = event.atMs
    else if (event.kind === 'gap') counts.gaps++
    else if (event.kind === 'breaker') this.breaker = event.state
  }

  /** The thread died: a new one knows nothing of what failed before. */
  noteDeath(error: NonNullable<ArchiveStats['lastError']>): void {
    this.counts.failures++
    this.lastError = error
    this.breaker = 'closed'
  }

  stats(durableLsn: number): ArchiveStats {
    const { lastLsn, breaker, lastError } = this
    const lagLsns = lastLsn === null ? null : Math.max(0, durableLsn - lastLsn)
    const ageMs = Math.max(0, this.now() - this.currentAtMs)
    return { lastLsn, lagLsns, ageMs, ...this.counts, breaker, lastError }
  }
}
