import type { Damage, TornTail } from '../read/damage.ts'
import type { Obstacle } from './obstacles.ts'

/** What opening for writing does about what it finds; `WalOptions.recover` tells of each. */
export type RecoverMode = 'strict' | 'tail' | 'skip-damaged'

/** The same, and `read-only`, which finds and does nothing. */
export type OpenMode = RecoverMode | 'read-only'

/** Why a log is under observation. */
export interface Observing {
  /** All for which opening it would have been refused; empty if it is observed by wish only. */
  readonly reasons: readonly Obstacle[]
  /** ISO 8601. */
  readonly since: string
}

/** What opening the log found and did: `wal.recovery`. */
export interface RecoveryReport {
  readonly mode: OpenMode
  /** Whether the last writer closed the log; also true for a log without records. */
  readonly clean: boolean
  /** Openings in the life of the log that wrote to it; of one that takes records, this one counts already. */
  readonly epoch: number
  readonly segments: number
  /** 0 both for a log without records. */
  readonly firstLsn: number
  readonly lastLsn: number
  /** Highest LSN that the files prove had been durable before this opening. */
  readonly provenLsn: number
  /** Records whose frames were checked now, and bytes read for it. */
  readonly recordsChecked: number
  readonly bytesChecked: number
  readonly tornTail: TornTail | null
  /** All that does not verify in what was read: also a copy of a header, which costs nothing, and then refuses nothing. */
  readonly damage: readonly Damage[]
  /** Damaged places beyond those, where there are too many to tell of each. */
  readonly damageOmitted: number
  /**
   * Names of files that hold no acknowledged record: removed, or set aside under another name. Of a log that is only read
   * or observed: such files as are there.
   */
  readonly leftovers: readonly string[]
  /** Null for a log that takes records, or is only read. */
  readonly observing: Observing | null
  readonly elapsedMs: number
}
