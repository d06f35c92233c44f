import type { PassedOver } from '../checkpoint/newest-checkpoint.ts'
import { segmentName } from '../format/index.ts'
import { type Damage, describeDamage, plainDamage, type TornTail } from '../read/damage.ts'
import type { SegmentListing } from '../storage/segment-directory.ts'
import { reportOf } from '../verify/verify-report.ts'
import type { Beginning } from './begin-with-checkpoint.ts'
import type { LostLsns } from './frame-sorter.ts'
import type { LogWalk } from './log-walk.ts'
import type { SessionGroup } from './session-group.ts'

/** What a replay did and found. Plain data. */
export interface ReplayReport {
  /** Records applied. */
  readonly records: number
  /** Records read and checked: also those that were not asked for, in the same segments. */
  readonly recordsRead: number
  /** First LSN that was asked for and that the log has; 0 if there is none. */
  readonly firstLsn: number
  /**
   * The state stands at this LSN: whatever was asked for up to it is applied, and nothing behind it. Use it for a snapshot.
   * 0 for a log without records.
   */
  readonly lastLsn: number
  /** The checkpoint that the state began with; null if it began with none. */
  readonly checkpoint: { readonly lsn: number; readonly name: string } | null
  /** Checkpoints that are newer, up to `to`, and can not be used, with the reason. */
  readonly passedOver: readonly PassedOver[]
  /** Highest LSN that was applied; less than `lastLsn` where the last records were not asked for. 0 if none was. */
  readonly appliedLsn: number
  /** Highest LSN that the files prove was durable. */
  readonly durableLsn: number
  /** In the order of the segments, the first 10,000 places. A copy of a header that is damaged costs nothing, and is left to verify. */
  readonly damage: readonly Damage[]
  /** Damaged places beyond those. */
  readonly damageOmitted: number
  /** LSNs for which a repair left tombstones: their records were lost then. No damage now. The first 10,000 ranges. */
  readonly lost: readonly LostLsns[]
  /** An unfinished end, which was left out. */
  readonly tornTail: TornTail | null
  /** Under `onDamage: 'observe'`: why the state is not to be trusted; null if nothing is damaged. */
  readonly observing: string | null
  /** Bytes of the files that were read. */
  readonly bytes: number
  readonly seconds: number
  /** Parts that the work was cut into, and how many had to be read again because they did not meet the one before. */
  readonly chunks: number
  readonly rescanned: number
  /** Threads. */
  readonly workers: number
  /** The most bytes of records that were in memory at a time between being checked and being applied. */
  readonly bytesInFlightMax: number
}

export interface ReplayFacts {
  readonly listing: SegmentListing
  readonly walk: LogWalk
  readonly group: SessionGroup
  readonly beginning: Beginning
  readonly workers: number
  readonly seconds: number
}

export function replayReport({ listing, walk, group, beginning, workers, seconds }: ReplayFacts): ReplayReport {
  const { plan, checkpoint, passedOver } = beginning
  const found = reportOf({ ...listing, segments: walk.segments }, walk.surveys)
  const { from, to } = plan.read
  const damage = [...found.damage.filter(costsRecords), ...beyondLog(listing, walk, beginning)]
  const lastLsn = Math.min(to, found.lastLsn)
  const firstLsn = Math.max(from, found.firstLsn)
  const isObserving = plan.onDamage === 'observe' && damage.length > 0
  return {
    records: group.records,
    recordsRead: found.records,
    firstLsn: found.firstLsn > 0 && firstLsn <= lastLsn ? firstLsn : 0,
    lastLsn: Math.max(plan.snapshot?.lsn ?? 0, lastLsn),
    checkpoint,
    passedOver,
    appliedLsn: group.appliedLsn,
    durableLsn: found.durableLsn,
    damage,
    damageOmitted: found.damageOmitted,
    lost: walk.lost,
    tornTail: found.tornTail,
    observing: isObserving ? whyObserved(damage) : null,
    bytes: found.bytes,
    seconds,
    chunks: walk.chunks,
    rescanned: walk.rescanned,
    workers,
    bytesInFlightMax: group.bytesInFlightMax,
  }
}

/** LSNs between what the state began with and the log, which the one has no more, or the other not yet: they are lost all the same. */
function beyondLog({ segments }: SegmentListing, walk: LogWalk, beginning: Beginning): Damage[] {
  const { snapshot } = beginning.plan
  const first = segments[0]
  const name = first?.name ?? segmentName(1)
  const firstLsn = first?.header.firstLsn ?? 1
  // What was retired was in checkpoints: if none is left that can be used, the state lacks it.
  const begun = snapshot?.lsn ?? (beginning.passedOver.length > 0 ? 0 : undefined)
  if (begun === undefined) return []
  if (begun + 1 < firstLsn) return [plainDamage('gap', name, 0, 0, begun + 1, firstLsn - 1)]
  // Of a log that was not read to its end, the rest is behind what was asked for.
  const isEndKnown = walk.surveys.length > 0 || first === undefined
  if (!isEndKnown || begun < walk.floor) return []
  return [plainDamage('gap', segments.at(-1)?.name ?? name, 0, 0, walk.floor, begun)]
}

/** Not a damaged copy of a header of which the other one is good. */
function costsRecords(damage: Damage): boolean {
  return damage.class !== 'segment-header' || damage.bytes === 0
}

function whyObserved(damage: readonly Damage[]): string {
  const count = damage.length === 1 ? '1 damaged place' : `${damage.length} damaged places, the first`
  return `${count}: ${describeDamage(damage[0]!)}`
}
