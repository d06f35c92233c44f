import type { ArchiveStats } from '../archivist/archive-ledger.ts'
import type { RingProducer } from '../ring/index.ts'
import { errnoName } from '../storage/io-error.ts'
import type { LogControl } from './control.ts'
import {
  STATE_CLOSED,
  STATE_CLOSING,
  STATE_OBSERVING,
  STATE_OPEN,
  STATE_POISONED,
  STATE_READ_ONLY,
} from './control-layout.ts'
import type { RingWaits, WriterCounts } from './log-counts.ts'

/** What `stats()` tells: counts since the log was opened, and how things stand. */
export interface WalStats extends WriterCounts, RingWaits {
  readonly state: 'open' | 'closing' | 'closed' | 'poisoned' | 'read-only' | 'observing'
  /** This thread's latest LSN, and the log's highest durable one. */
  readonly lastLsn: number
  readonly durableLsn: number
  /** 0 for a log that takes no records. */
  readonly ringBytes: number
  /** Bytes claimed in the ring and not yet written. */
  readonly ringUsedBytes: number
  /** Bytes of a segment file, as this log was opened. */
  readonly segmentBytes: number
  /** Syncs by how long they took: up to each of SYNC_BOUNDS_MS, and longer. */
  readonly syncTimes: readonly number[]
  /** Why no more segments are made ahead, if so: the name of the error, such as `ENOSPC`. The log goes on without them. */
  readonly spareError: string | null
  /**
   * Who is in the way of retention while a limit stays exceeded: `hold`, `archive`, `position <name>`, `checkpoint <file>`. Null if none
   * does.
   */
  readonly retentionHeldBy: string | null
  /** Null for a log without an archive, and for one that takes no records. */
  readonly archive: ArchiveStats | null
}

const STATE_NAMES: Readonly<Record<number, WalStats['state']>> = {
  [STATE_OPEN]: 'open',
  [STATE_CLOSING]: 'closing',
  [STATE_CLOSED]: 'closed',
  [STATE_POISONED]: 'poisoned',
  [STATE_READ_ONLY]: 'read-only',
  [STATE_OBSERVING]: 'observing',
}

export function readStats(
  control: LogControl,
  producer: RingProducer,
  lastLsn: number,
  segmentBytes: number,
  isAtWork: boolean,
  archive: ArchiveStats | null,
  retentionHeldBy: string | null,
): WalStats {
  return {
    ...control.counts.readCounts(),
    ...control.counts.readWaits(),
    syncTimes: control.counts.readSyncTimes(),
    segmentBytes,
    state: STATE_NAMES[control.state] ?? 'open',
    lastLsn,
    durableLsn: control.durable,
    ringBytes: isAtWork ? control.ring.capacity : 0,
    ringUsedBytes: producer.usedBytes,
    spareError: control.steward.spareErrno === 0 ? null : errnoName(control.steward.spareErrno),
    retentionHeldBy,
    archive,
  }
}
