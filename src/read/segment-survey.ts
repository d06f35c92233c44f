import type { ByteSource, FrameMemory, SegmentScanner } from '../format/index.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { Damage, TornTail } from './damage.ts'
import { type DamagedPlace, lastWitnessOf, scannerOf, walkSegment } from './segment-walk.ts'

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
  readonly tornTail: TornTail | undefined
}

interface Place extends DamagedPlace {
  /** Records read before it. */
  readonly records: number
}

interface Found {
  readonly places: Place[]
  records: number
  proofOffset: number
}

/**
 * Reads a segment to its end and judges what does not verify: damage, or a torn tail (rules R12 and R13). In a segment
 * that has a successor, or an end frame, everything was durable; else, what a later mark proves durable was.
 */
export function surveySegment(
  source: ByteSource,
  segment: StoredSegment,
  memory: FrameMemory,
  onProgress?: (offset: number) => void,
): SegmentSurvey {
  const scanner = scannerOf(source, segment, memory)
  const found: Found = { places: [], records: 0, proofOffset: 0 }
  const walk = walkSegment(scanner, segment)
  for (;;) {
    const marked = scanner.mark
    const { done, value } = walk.next()
    if (done) return judge(segment, scanner, found, value)
    if (value.kind === 'run') {
      found.records += value.records
      if (scanner.mark > marked || scanner.sealed)
        found.proofOffset = lastWitnessOf(scanner, value) || found.proofOffset
      onProgress?.(value.offset)
    } else {
      found.places.push({ ...value, records: found.records })
    }
  }
}

function judge(segment: StoredSegment, scanner: SegmentScanner, found: Found, offset: number): SegmentSurvey {
  const { mark } = scanner
  const { places, records, proofOffset } = found
  const mayBeTorn = segment.lastLsn === undefined && !scanner.sealed
  const tornAt = mayBeTorn ? places.findIndex(({ firstLost }) => mark < firstLost) : -1
  if (tornAt >= 0) {
    const torn = places[tornAt]!
    const damage = places.slice(0, tornAt).map((place) => place.damage)
    const { end, lastCheck } = torn
    const nextLsn = torn.nextLsn || torn.firstLost
    const kept = torn.records - (torn.firstLost - nextLsn)
    const bytes = segment.size - end
    const tornTail = { segment: segment.name, offset: end, bytes, records: records - kept, fromLsn: nextLsn }
    return { records: kept, nextLsn, mark, end, lastCheck, proofOffset, sealed: false, damage, tornTail }
  }
  return whole(segment, scanner, found, offset)
}

/** The survey of a segment without a torn place; at its very end an atomic batch may still be unfinished. */
function whole(segment: StoredSegment, scanner: SegmentScanner, found: Found, offset: number): SegmentSurvey {
  const { wholeOffset: end, wholeExpected, wholeCheck: lastCheck, mark, expected, sealed } = scanner
  const { places, records, proofOffset } = found
  const damage = [...places.map((place) => place.damage), ...brokenLink(segment, places, end, lastCheck)]
  const isOpen = segment.lastLsn === undefined && end < offset && wholeExpected !== 0 && expected > wholeExpected
  const base = { mark, end, lastCheck, proofOffset, damage }
  if (!isOpen) {
    const nextLsn = segment.lastLsn === undefined ? expected || wholeExpected || mark + 1 : segment.lastLsn + 1
    return { ...base, records, nextLsn, sealed, tornTail: undefined }
  }
  const cut = expected - wholeExpected
  const tornTail = { segment: segment.name, offset: end, bytes: offset - end, records: cut, fromLsn: wholeExpected }
  return { ...base, records: records - cut, nextLsn: wholeExpected, sealed: false, tornTail }
}

/** The successor tells of another last frame than stands here: one of the two files is of another history. */
function brokenLink(segment: StoredSegment, places: readonly Place[], end: number, lastCheck: bigint): Damage[] {
  const isKept = segment.lastCheck === undefined || segment.lastCheck === lastCheck
  if (isKept || places.length > 0 || end !== segment.end) return []
  return [{ segment: segment.name, offset: end, bytes: 0, class: 'foreign', lostFrom: 0, lostTo: 0 }]
}
