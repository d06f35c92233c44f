import { endOf } from '../read/read-log.ts'
import type { SegmentSurvey } from '../read/segment-survey.ts'
import type { SegmentListing, StoredSegment } from '../storage/segment-directory.ts'
import { type ChunkTask, planChunks } from '../verify/survey-plan.ts'

/** What is to be checked of a segment. */
export interface SegmentPlan {
  readonly segment: StoredSegment
  readonly tasks: readonly ChunkTask[]
  /** File offset from which on nothing counts. */
  readonly end: number
  /** Of the log's last segment: what a walk over all of it found. */
  readonly survey: SegmentSurvey | undefined
}

/** The segments that may hold what is asked for, as a reader chooses them. */
export function segmentsBetween({ segments }: SegmentListing, from: number, to: number): readonly StoredSegment[] {
  // What a segment without a header holds may have come before: to know, all of it is read.
  if (segments.some(({ headerFrom }) => headerFrom === 'frames')) return segments
  // What comes behind a segment has LSNs from its first one on, whatever later headers say.
  const behind = segments.findIndex(({ header }) => header.firstLsn > to)
  const upTo = behind < 0 ? segments : segments.slice(0, behind)
  return upTo.filter(({ lsnMax }) => lsnMax === undefined || lsnMax >= from)
}

export function planSegment(segment: StoredSegment, chunkBytes: number): SegmentPlan {
  return { segment, tasks: planChunks(segment, chunkBytes), end: segment.end, survey: undefined }
}

/** A last segment, of which it has been found out where the log ends. */
export function planLastSegment(segment: StoredSegment, survey: SegmentSurvey, chunkBytes: number): SegmentPlan {
  const end = endOf(survey)
  // Each chunk is of all of the segment, as the walk was: how far a search goes depends on the bytes that are there.
  const tasks = planChunks({ ...segment, end }, chunkBytes).map((task) => ({ ...task, segment }))
  return { segment, tasks, end, survey }
}

/** Bytes of a chunk, as progress is counted: those of all chunks are those of the file. */
export function bytesOfTask({ segment, from, until }: ChunkTask): number {
  return (until ?? segment.end) - (typeof from === 'number' ? from : 0)
}
