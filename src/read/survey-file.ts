import type { SegmentListing, StoredSegment } from '../storage/segment-directory.ts'
import type { ReadPorts } from './log-view.ts'
import { refuseRetired, withSegment } from './retired.ts'
import { type SegmentSurvey, surveySegment } from './segment-survey.ts'
import { tolerantSource } from './tolerant-source.ts'

/** Walks every segment of a listing, in order. */
export function surveyListing(ports: ReadPorts, { segments }: SegmentListing): SegmentSurvey[] {
  const surveys: SegmentSurvey[] = []
  for (const segment of segments) surveys.push(surveyFile(ports, behindOf(surveys.at(-1)?.nextLsn, segment)))
  return surveys
}

/**
 * A segment as it counts behind the one before it. Where the two overlap, as those without a header or of two histories may, a
 * record counts where it comes first.
 * @param nextLsn one behind the last LSN that the segments before it tell of; undefined for the first segment
 */
export function behindOf(nextLsn: number | undefined, segment: StoredSegment): StoredSegment {
  const { header } = segment
  if (nextLsn === undefined || header.firstLsn >= nextLsn) return segment
  const overlaps = segment.headerFrom !== 'frames'
  return { ...segment, header: { ...header, firstLsn: nextLsn }, overlaps }
}

/**
 * Walks a segment's file whole. Beside a live writer, what it wrote between two reads of the walk looks like a hole: in a
 * last segment only damage that a second walk finds too is believed.
 * @throws ERR_RINGWAL_RETIRED
 */
export function surveyFile(
  ports: ReadPorts,
  segment: StoredSegment,
  onProgress?: (offset: number) => void,
): SegmentSurvey {
  const walk = (): SegmentSurvey => {
    const survey = withSegment(ports.fs, segment, (file) =>
      surveySegment(tolerantSource(ports.fs, file), segment, ports.memory, onProgress),
    )
    if (survey.damage.length > 0 || survey.tornTail !== undefined) refuseRetired(ports.fs, segment)
    return survey
  }
  const first = walk()
  if (!segment.isLast || first.damage.length === 0) return first
  const second = walk()
  const offsets = new Set(first.damage.map(({ offset }) => offset))
  return { ...second, damage: second.damage.filter(({ offset }) => offsets.has(offset)) }
}
