import type { ArchiveStats } from '../archivist/archive-ledger.ts'
import { SYNC_BOUNDS_MS } from '../wal/log-counts.ts'
import type { RecoveryReport } from '../wal/recovery-report.ts'
import type { WalStats } from '../wal/wal-stats.ts'
import type { HistogramValue } from './reading.ts'

/** What the values are taken from. */
export interface LogFacts {
  readonly stats: WalStats
  readonly recovery: RecoveryReport
  /** Undefined where the system does not tell. */
  readonly diskFreeBytes: number | undefined
}

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  /** Undefined where there is nothing to be told. */
  readonly value: (facts: LogFacts) => number | undefined
}

type Value = Metric['value']

function counter(name: string, help: string, value: Value): Metric {
  return { name: `ringwal_${name}_total`, help, type: 'counter', value }
}

function gauge(name: string, help: string, value: Value): Metric {
  return { name: `ringwal_${name}`, help, type: 'gauge', value }
}

/** Of a log's archive; without one it has no value. */
function ofArchive(value: (archive: ArchiveStats) => number | null): Value {
  return ({ stats: { archive } }) => (archive === null ? undefined : (value(archive) ?? undefined))
}

const BREAKER_VALUES: Readonly<Record<ArchiveStats['breaker'], number>> = { closed: 0, 'half-open': 1, open: 2 }

/** Every state that a log can be in: the compiler sees to it. */
const STATES: Readonly<Record<WalStats['state'], true>> = {
  ...{ open: true, closing: true, closed: true, poisoned: true, 'read-only': true, observing: true },
}
export const STATE_NAMES: readonly string[] = Object.keys(STATES)
/** Has a sample for each state, 1 for the one that it is in. */
export const STATE_METRIC = {
  name: 'ringwal_state',
  help: 'State of the log: 1 for the one that it is in, 0 for the others.',
  type: 'gauge',
} as const

/** All that has one value a log. Counters are those since it was opened. */
export const METRICS: readonly Metric[] = [
  counter('appends', 'Records written, tombstones included.', ({ stats }) => stats.records),
  counter('written_bytes', 'Bytes written to segments.', ({ stats }) => stats.bytes),
  counter('batches', 'Batches written: records by batches is the batch size.', ({ stats }) => stats.batches),
  counter('sync_marks', 'Sync marks written, which prove what was durable.', ({ stats }) => stats.marks),
  counter('segments_begun', 'Segments begun.', ({ stats }) => stats.segments),
  counter('segments_recycled', 'Segments begun in the file of a retired one.', ({ stats }) => stats.recycledSegments),
  counter('segments_retired', 'Segments retired.', ({ stats }) => stats.retiredSegments),
  gauge('sync_seconds_max', 'Longest fdatasync.', ({ stats }) => stats.syncMsMax / 1000),
  counter('ring_waits', 'Times that somebody waited for room in the ring.', ({ stats }) => stats.ringWaits),
  counter('ring_wait_seconds', 'Time spent so, of all threads together.', ({ stats }) => stats.ringWaitMs / 1000),
  gauge('last_lsn', 'Highest LSN known to the thread that opened the log.', ({ stats }) => lastLsn(stats)),
  gauge('durable_lsn', 'Highest LSN known durable.', ({ stats }) => stats.durableLsn),
  gauge(
    'durable_lag_records',
    'Records accepted and not known durable.',
    ({ stats }) => lastLsn(stats) - stats.durableLsn,
  ),
  gauge('ring_bytes', 'Size of the ring; 0 for a log that takes no records.', ({ stats }) => stats.ringBytes),
  gauge('ring_used_bytes', 'Bytes in the ring that are not written yet.', ({ stats }) => stats.ringUsedBytes),
  gauge('segment_bytes', 'Size of a segment.', ({ stats }) => stats.segmentBytes),
  gauge('segments', 'Segments that the log consists of.', segments),
  gauge('spare_files', 'Files of a segment each, ready for the next ones.', ({ stats }) => stats.spareFiles),
  gauge('retained_bytes', 'Bytes of all files for segments; 0 without retention.', ({ stats }) => stats.retainedBytes),
  gauge(
    'retention_held',
    '1 if a limit of retention stays exceeded, as somebody needs what would have to go.',
    ({ stats }) => (stats.retentionHeldBy === null ? 0 : 1),
  ),
  gauge('spares_failed', '1 if no segments are made ahead any more, as on a full disk.', ({ stats }) =>
    stats.spareError === null ? 0 : 1,
  ),
  gauge(
    'archive_lag_records',
    'Durable LSNs that the archive lacks.',
    ofArchive(({ lagLsns }) => lagLsns),
  ),
  gauge(
    'archive_age_seconds',
    'Everything that was durable so long ago is archived.',
    ofArchive(({ ageMs }) => ageMs / 1000),
  ),
  counter(
    'archive_runs',
    'Runs of the archivist that ended well.',
    ofArchive(({ runs }) => runs),
  ),
  counter(
    'archive_failures',
    'Runs of the archivist that failed.',
    ofArchive(({ failures }) => failures),
  ),
  counter(
    'archive_gaps',
    'Gaps: LSNs retired before they were archived.',
    ofArchive(({ gaps }) => gaps),
  ),
  counter(
    'archive_stored_bytes',
    'Bytes stored in the archive.',
    ofArchive(({ bytes }) => bytes),
  ),
  gauge(
    'archive_breaker',
    'What the archivist does about its target: 0 uses it, 1 tries it again, 2 leaves it alone for a while.',
    ofArchive(({ breaker }) => BREAKER_VALUES[breaker]),
  ),
  gauge('disk_free_bytes', "Bytes left on the log's file system.", ({ diskFreeBytes }) => diskFreeBytes),
  counter(
    'recoveries',
    'Openings in the life of the log that wrote to it, and this one.',
    ({ recovery }) => recovery.epoch,
  ),
  gauge('recovery_clean', '1 if the last writer had closed the log.', ({ recovery }) => (recovery.clean ? 1 : 0)),
  gauge('recovery_seconds', 'How long the recovery took.', ({ recovery }) => recovery.elapsedMs / 1000),
  gauge('recovery_checked_records', 'Records whose checks were computed.', ({ recovery }) => recovery.recordsChecked),
  gauge('recovery_checked_bytes', 'Bytes read for that.', ({ recovery }) => recovery.bytesChecked),
  gauge('recovery_damaged_places', 'Places that do not verify.', ({ recovery }) => damagedPlaces(recovery)),
  gauge('recovery_torn_bytes', 'Length of the torn tail, never told durable.', ({ recovery }) => tornBytes(recovery)),
  gauge('records_recovered', 'Records found at opening.', ({ recovery }) => recovered(recovery)),
  gauge('records_skipped', 'Records lost to damage, as far as that is known.', ({ recovery }) => skipped(recovery)),
]

/** How long syncs took, in seconds. */
export const SYNC_METRIC = {
  name: 'ringwal_sync_seconds',
  help: 'How long each fdatasync took.',
  type: 'histogram',
} as const

export function syncHistogram({ syncTimes, syncMs }: WalStats): HistogramValue {
  return { bounds: SYNC_BOUNDS_MS.map((ms) => ms / 1000), counts: syncTimes, sum: syncMs / 1000 }
}

/** Where other threads append, more may be durable than this one has appended. */
function lastLsn({ lastLsn, durableLsn }: WalStats): number {
  return Math.max(lastLsn, durableLsn)
}

function segments({ stats, recovery }: LogFacts): number {
  return recovery.segments + stats.segments - stats.retiredSegments
}

function damagedPlaces({ damage, damageOmitted }: RecoveryReport): number {
  return damage.length + damageOmitted
}

function tornBytes({ tornTail }: RecoveryReport): number {
  return tornTail === null ? 0 : tornTail.bytes
}

function recovered(recovery: RecoveryReport): number {
  const { firstLsn, lastLsn } = recovery
  return lastLsn === 0 ? 0 : Math.max(0, lastLsn - firstLsn + 1 - skipped(recovery))
}

/** A place whose end is not known counts as one record. */
function skipped({ damage }: RecoveryReport): number {
  const lost = damage.filter(({ lostFrom }) => lostFrom > 0)
  return lost.reduce((sum, { lostFrom, lostTo }) => sum + Math.max(1, lostTo - lostFrom + 1), 0)
}
