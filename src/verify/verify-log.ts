import { optionError } from '../errors.ts'
import { type ChunkSurvey, emptyChunk, PLACES_MAX } from '../read/chunk-survey.ts'
import { createReadPorts, type ReadPorts, viewLog } from '../read/log-view.ts'
import { isRetired, isRetiredError, retiredError } from '../read/retired.ts'
import { judgeSurvey, type SegmentSurvey } from '../read/segment-survey.ts'
import { behindOf } from '../read/survey-file.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { defaultThreads, withPool } from '../worker-pool.ts'
import { ChunkQueue } from './chunk-queue.ts'
import { runChunk } from './chunk-worker.ts'
import { ChunkJoin, type ChunkRunner, type ChunkTask, planChunks } from './survey-plan.ts'
import { reportOf, type VerifyReport } from './verify-report.ts'

export interface VerifyOptions {
  /** Told now and then how many bytes of how many have been read. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void
  /** Threads to share the work among, 1 to 64: by default as many as there are cores, up to 8, and 1 for a small log. */
  readonly workers?: number
}

/** Below this, starting a thread takes longer than what it would take off this one. */
const SMALL_LOG_BYTES = 64 << 20
const WORKERS_MAX = 64

/**
 * Checks every header, link and frame of a log, or of one segment file. Takes no lock and writes nothing. Memory is bounded:
 * 1 MiB a thread, or the longest frame, and 10,000 damaged places. Segments that the log's writer retires meanwhile are left
 * out of the report.
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_FORMAT; ERR_RINGWAL_IO, but not for a part that can not be
 *   read; ERR_RINGWAL_RETIRED if all that there was at the beginning was retired, or files were removed that follow others
 */
export async function verifyLog(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { workers } = options
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= WORKERS_MAX))
    throw optionError('workers', workers, `an integer from 1 to ${WORKERS_MAX}`)
  const ports = await createReadPorts()
  const listing = viewLog(ports, path)
  const total = listing.segments.reduce((bytes, { end }) => bytes + end, 0)
  const threads = workers ?? (total < SMALL_LOG_BYTES ? 1 : defaultThreads())
  const survey = (run: ChunkRunner): Promise<SegmentSurvey[]> =>
    surveyAll(listing.segments, pastRetired(run), threads, (done) => options.onProgress?.(done, total))
  const surveys = threads === 1 ? await survey(inThisThread(ports)) : await withPool('verifier', threads, survey)
  const retired = listing.segments.filter((segment) => isRetired(ports.fs, segment))
  const segments = listing.segments.slice(retired.length)
  // They go from the front: where another is gone, or nothing is left, there is nothing to be told of the log as it is now.
  const last = retired.at(-1)
  if (last !== undefined && (segments.length === 0 || segments.includes(last))) throw retiredError(last)
  return reportOf({ ...listing, segments }, surveys.slice(retired.length))
}

/** Whoever retires a segment takes its name away first: it is known by that, once all is read. Until then it has no frames. */
function pastRetired(run: ChunkRunner): ChunkRunner {
  return async (task) => {
    try {
      return await run(task)
    } catch (error) {
      if (!isRetiredError(error)) throw error
      return { start: undefined, survey: emptyChunk(task.segment) }
    }
  }
}

/** The event loop gets a turn between two parts. */
function inThisThread(ports: ReadPorts): ChunkRunner {
  return async (task) => {
    await new Promise((resolve) => setImmediate(resolve))
    return runChunk(ports, task)
  }
}

/** Walks over every segment, a few parts ahead of the place up to which they are put together. */
async function surveyAll(
  segments: readonly StoredSegment[],
  run: ChunkRunner,
  threads: number,
  onProgress: (bytesDone: number) => void,
): Promise<SegmentSurvey[]> {
  const queue = new ChunkQueue(segments, run, threads === 1 ? 1 : AHEAD_PER_THREAD * threads)
  const surveys: SegmentSurvey[] = []
  let done = 0
  let places = 0
  for (const segment of segments) {
    const join = new ChunkJoin(run)
    for (const task of planChunks(segment)) {
      await join.add(task, await queue.next())
      done += (task.until ?? segment.end) - (typeof task.from === 'number' ? task.from : 0)
      onProgress(done)
    }
    const counted = behindOf(surveys.at(-1)?.nextLsn, segment)
    // Where it begins was not known to the parts that were begun ahead.
    const found = counted === segment ? join.survey : (await run(wholeOf(counted))).survey
    const survey = limited(await believed(counted, found ?? join.survey, run), PLACES_MAX - places)
    places += survey.damage.length
    surveys.push(survey)
  }
  return surveys
}

/** A segment in one part. */
function wholeOf(segment: StoredSegment): ChunkTask {
  return { segment, from: undefined, until: undefined }
}

/** What is kept of all segments together is bounded as well. */
function limited(survey: SegmentSurvey, max: number): SegmentSurvey {
  const damage = survey.damage.slice(0, max)
  return { ...survey, damage, omitted: survey.omitted + survey.damage.length - damage.length }
}

/** Parts begun ahead of the one that is joined next: what they tell is kept until then. */
const AHEAD_PER_THREAD = 4

/**
 * Beside a live writer, what it wrote between two reads of the walk looks like a hole: in a last segment only damage that a
 * second walk finds too is believed.
 */
async function believed(segment: StoredSegment, found: ChunkSurvey, run: ChunkRunner): Promise<SegmentSurvey> {
  const first = judgeSurvey(segment, found)
  if (!segment.isLast || found.sealed || first.damage.length === 0) return first
  const again = (await run(wholeOf(segment))).survey
  const second = judgeSurvey(segment, again ?? found)
  const offsets = new Set(first.damage.map(({ offset }) => offset))
  return { ...second, damage: second.damage.filter(({ offset }) => offsets.has(offset)) }
}
