import { type ByteSource, type FrameMemory, lookUp, PLACE_TABLE, type PlaceVerdict } from '../format/index.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { type ChunkSurvey, surveyChunk } from './chunk-survey.ts'
import { type Damage, plainDamage, type TornTail } from './damage.ts'
import type { DamagedPlace } from './segment-walk.ts'

/** What a whole walk over one segment found. */
export interface SegmentSurvey {
  readonly records: number
  /** LSN that the next segment must start with: one behind the last that counts. */
  readonly nextLsn: number
  /** Highest LSN that a mark in this segment proves durable; 0 if none does. */
  readonly mark: number
  /** Offset behind the last frame that counts, and that frame's check. */
  readonly end: number
  readonly lastCheck: bigint
  /** Offset before which every byte was durable when the frame there was written; 0 if no frame tells. */
  readonly proofOffset: number
  /** Whether an end frame closes it. */
  readonly sealed: boolean
  readonly damage: readonly Damage[]
  /** Damaged places beyond those told one by one. */
  readonly omitted: number
  readonly tornTail: TornTail | undefined
}

/** Reads a segment to its end and judges what does not verify. */
export function surveySegment(
  source: ByteSource,
  segment: StoredSegment,
  memory: FrameMemory,
  onProgress?: (offset: number) => void,
): SegmentSurvey {
  return judgeSurvey(segment, surveyChunk(source, segment, memory, {}, onProgress))
}

/** Damage or torn tail (rules R12 and R13), by PLACE_TABLE, once all of a segment has been walked over. */
export function judgeSurvey(segment: StoredSegment, found: ChunkSurvey): SegmentSurvey {
  // No writer left a segment of another history behind by a crash: in it nothing is taken for a torn tail.
  const isOpen = segment.isLast && !found.sealed && !segment.overlaps
  // What can not be read may hold the mark that would prove it.
  const proven = found.unreadable ? Number.POSITIVE_INFINITY : found.mark
  const damage: Damage[] = []
  let damaged: DamagedPlace | undefined
  let torn: DamagedPlace | undefined
  for (const place of found.places) {
    const proof = !isOpen || place.firstLost <= proven ? 'durable' : 'none'
    const { found: what, follows } = place
    const tail = torn === undefined ? 'whole' : 'torn before'
    const segmentIs = isOpen ? 'open' : 'closed'
    const verdict: PlaceVerdict = lookUp(PLACE_TABLE, { segment: segmentIs, found: what, proof, follows, tail }).is
    if (verdict === 'torn-tail') torn = place
    else if (verdict === 'damage') {
      damage.push({ ...place.damage, acknowledged: !isOpen || place.firstLost <= found.mark })
      if (torn === undefined) damaged = place
    }
  }
  if (torn !== undefined) {
    const cut = { offset: segment.size, singleBit: torn.damage.singleBit, stale: isStale(segment, torn) }
    return cutAt(segment, found, damage, endBehind(torn, torn.wholeRecords, damaged), cut)
  }
  if (!segment.isLast || !found.isBatchOpen) return whole(segment, found, damage)
  const { wholeOffset: end, wholeLsn: nextLsn, wholeCheck: lastCheck } = found
  const at = endBehind({ end, nextLsn, lastCheck }, found.wholeRecords, damaged)
  return cutAt(segment, found, damage, at, { offset: found.offset, singleBit: null, stale: false })
}

/** Whether a torn tail has nothing of its segment in it: not the begin of a frame, nor any frame, nor records before it. */
function isStale({ header }: StoredSegment, torn: DamagedPlace): boolean {
  const { isTagged, follows, records, wholeRecords, damage } = torn
  const isEmpty = !isTagged && follows === 'nothing' && records === wholeRecords && damage.singleBit === null
  return header.recycledSalt !== 0n && isEmpty
}

/** Where the log ends, and the records up to there. */
interface LogEnd {
  readonly end: number
  readonly nextLsn: number
  readonly lastCheck: bigint
  readonly records: number
}

/**
 * Behind the last frame outside an unfinished batch; but what stands before damage was durable, and a batch that the damage
 * cut short is not waited for.
 */
function endBehind(
  { end, nextLsn, lastCheck }: Pick<DamagedPlace, 'end' | 'nextLsn' | 'lastCheck'>,
  records: number,
  damaged: DamagedPlace | undefined,
): LogEnd {
  const behind = damaged === undefined ? 0 : damaged.damage.offset + damaged.damage.bytes
  if (damaged === undefined || behind <= end) return { end, nextLsn, lastCheck, records }
  return { end: behind, nextLsn: damaged.firstLost, lastCheck, records: damaged.records }
}

function cutAt(
  segment: StoredSegment,
  found: ChunkSurvey,
  damage: Damage[],
  { end, lastCheck, records, ...at }: LogEnd,
  cut: Pick<TornTail, 'offset' | 'singleBit' | 'stale'>,
): SegmentSurvey {
  const { mark, proofOffset, omitted } = found
  // What a mark proves was told to somebody: its LSN is never given out again.
  const nextLsn = Math.max(at.nextLsn, mark + 1)
  const tornTail: TornTail = {
    class: 'torn-tail',
    segment: segment.name,
    offset: end,
    bytes: cut.offset - end,
    records: found.records - records,
    fromLsn: nextLsn,
    acknowledged: false,
    stale: cut.stale,
    singleBit: cut.singleBit,
  }
  const base = { records, nextLsn, mark, end, lastCheck, proofOffset, sealed: false, omitted, tornTail }
  return { ...base, damage: boundedTo(damage, nextLsn) }
}

/** The survey of a segment without a torn tail. */
function whole(segment: StoredSegment, found: ChunkSurvey, damage: Damage[]): SegmentSurvey {
  const { wholeOffset: end, wholeCheck: lastCheck, mark, omitted, lowest, records, sealed, proofOffset } = found
  const nextLsn = Math.max(lowest, (segment.lastLsn ?? 0) + 1)
  const all = [...damage, ...brokenLink(segment, found)]
  return { records, nextLsn, mark, end, lastCheck, proofOffset, sealed, damage: all, omitted, tornTail: undefined }
}

/** What is lost behind the end of the log is cut, and not lost. */
function boundedTo(damage: readonly Damage[], nextLsn: number): Damage[] {
  return damage.map((one) => (one.lostFrom < nextLsn && one.lostTo >= nextLsn ? { ...one, lostTo: nextLsn - 1 } : one))
}

/** The successor tells of another last frame than stands here: one of the two files is of another history. */
function brokenLink(segment: StoredSegment, found: ChunkSurvey): Damage[] {
  const { places, sealed, endCheck, wholeOffset, wholeCheck } = found
  const isKept = segment.lastCheck === undefined || segment.lastCheck === (sealed ? endCheck : wholeCheck)
  if (isKept || places.length > 0 || (wholeOffset !== segment.end && !sealed)) return []
  return [plainDamage('foreign', segment.name, wholeOffset, 0, 0, 0)]
}
