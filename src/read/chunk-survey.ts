import {
  type ByteSource,
  FLAG_CONTINUES_BATCH,
  FRAME_CHECK_AT,
  FRAME_FLAGS_AT,
  FRAME_KIND_AT,
  type FrameMemory,
  type FrameRun,
  HEADER_PAGE_BYTES,
  KIND_RECORD,
  KIND_TOMBSTONE,
  type SegmentScanner,
} from '../format/index.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { BitSearch } from './bit-search.ts'
import { type DamagedPlace, scannerOf, type WalkStart, walkSegment, witnessIn } from './segment-walk.ts'

/** Places of one chunk, segment or report that are told one by one; of a file that is noise, the rest is only counted. */
export const PLACES_MAX = 10_000

/**
 * What the walk over a part of a segment found. The parts of a segment, one behind the other, tell together what one walk
 * over all of it would: `mergeChunks`. Can be cloned to another thread.
 */
export interface ChunkSurvey {
  /** Where the next part begins; undefined where the segment's end was reached. */
  readonly next: WalkStart | undefined
  readonly places: readonly DamagedPlace[]
  /** Places beyond PLACES_MAX. */
  readonly omitted: number
  /** Whether any place, told or omitted, could not be read. */
  readonly unreadable: boolean
  readonly records: number
  /** Highest LSN that a mark proves durable; 0 if none does. */
  readonly mark: number
  /** Offset of the first frame that tells of that LSN, or of the end frame; 0 if there is none. */
  readonly proofOffset: number
  /** Whether an end frame was read, and its check; 0n if none was. */
  readonly sealed: boolean
  readonly endCheck: bigint
  /** Offset where the walk ended. */
  readonly offset: number
  /** Behind the last frame outside an unfinished batch: offset, lowest next LSN, its check, and the records up to there. */
  readonly wholeOffset: number
  readonly wholeLsn: number
  readonly wholeCheck: bigint
  readonly wholeRecords: number
  /** Whether the last record said that its batch goes on. */
  readonly isBatchOpen: boolean
  /** Lowest LSN that can come next. */
  readonly lowest: number
}

/** Of a segment of which nothing can be read any more. */
export function emptyChunk({ header }: StoredSegment): ChunkSurvey {
  const at = { offset: HEADER_PAGE_BYTES, wholeOffset: HEADER_PAGE_BYTES, wholeCheck: 0n, wholeRecords: 0, records: 0 }
  const lsns = { mark: 0, lowest: header.firstLsn, wholeLsn: header.firstLsn }
  const ends = { next: undefined, proofOffset: 0, sealed: false, endCheck: 0n, isBatchOpen: false }
  return { ...at, ...lsns, ...ends, places: [], omitted: 0, unreadable: false }
}

export interface ChunkBounds {
  /** Where it begins: by default with the segment's first frame. */
  readonly start?: WalkStart
  /**
   * The part ends behind the first record or tombstone that starts at this offset or later and ends its batch: a place that
   * can be found from either side.
   */
  readonly until?: number
}

/**
 * Walks a part of a segment, or all of it.
 * @param onRun is shown every run of frames that verify, in their order, in the memory where they stand until it returns
 */
export function surveyChunk(
  source: ByteSource,
  segment: StoredSegment,
  memory: FrameMemory,
  bounds: ChunkBounds = {},
  onProgress?: (offset: number) => void,
  onRun?: (run: FrameRun, memory: FrameMemory) => void,
): ChunkSurvey {
  const { start, until = Number.POSITIVE_INFINITY } = bounds
  const scanner = scannerOf(source, segment, memory, start)
  scanner.paceFrom = until
  const search = new BitSearch(source, segment)
  const places: DamagedPlace[] = []
  const found = { places, omitted: 0, unreadable: false, proofOffset: 0, endCheck: 0n }
  const walk = walkSegment(scanner, segment, source)
  let told = 0
  let records = 0
  for (;;) {
    const { done, value } = walk.next()
    if (done) return { ...found, ...value, ...endState(scanner), next: undefined }
    if (value.kind === 'damage') {
      if (value.found === 'unreadable') found.unreadable = true
      if (places.length < PLACES_MAX) places.push(search.explain(value))
      else found.omitted++
      continue
    }
    records += value.records
    if (scanner.mark > told || scanner.sealed) found.proofOffset = witnessIn(scanner, value)
    if (scanner.sealed) found.endCheck = checkAt(scanner, value, found.proofOffset)
    told = scanner.mark
    onProgress?.(value.offset)
    onRun?.(value, scanner.memory)
    if (value.offset < until || !endsBatch(scanner, value)) continue
    const { offset } = scanner
    return {
      ...found,
      ...endState(scanner),
      next: boundaryBehind(scanner, value),
      offset,
      records,
      wholeRecords: records,
    }
  }
}

/**
 * Where a part may begin that is read without knowing what comes before it.
 * @returns undefined if no such place is between the two offsets: the part is then left to whoever reads the one before
 */
export function findBoundary(
  source: ByteSource,
  segment: StoredSegment,
  memory: FrameMemory,
  from: number,
  to: number,
): WalkStart | undefined {
  const scanner = scannerOf(source, { ...segment, end: Math.min(to, segment.end) }, memory, from)
  scanner.paceFrom = 0
  for (;;) {
    const step = scanner.next()
    if (step.kind === 'end' || (step.kind === 'bad' && !step.resumed)) return undefined
    if (step.kind === 'run' && endsBatch(scanner, step)) return boundaryBehind(scanner, step)
  }
}

/** Whether a run of one frame ends a batch, and tells the LSN that comes next. */
function endsBatch(scanner: SegmentScanner, { from }: FrameRun): boolean {
  const { view } = scanner.memory
  const kind = view.getUint8(from + FRAME_KIND_AT)
  if (kind !== KIND_RECORD && kind !== KIND_TOMBSTONE) return false
  return (view.getUint8(from + FRAME_FLAGS_AT) & FLAG_CONTINUES_BATCH) === 0
}

function checkAt({ memory }: SegmentScanner, run: FrameRun, offset: number): bigint {
  return memory.view.getBigUint64(run.from + offset - run.offset + FRAME_CHECK_AT, true)
}

function boundaryBehind(scanner: SegmentScanner, { from }: FrameRun): WalkStart {
  const lastCheck = scanner.memory.view.getBigUint64(from + FRAME_CHECK_AT, true)
  return { offset: scanner.offset, lsn: scanner.expected, lastCheck }
}

function endState(
  scanner: SegmentScanner,
): Omit<
  ChunkSurvey,
  'next' | 'places' | 'omitted' | 'unreadable' | 'proofOffset' | 'endCheck' | 'offset' | 'records' | 'wholeRecords'
> {
  const { mark, sealed, wholeOffset, wholeLsn, wholeCheck, isBatchOpen, lowest } = scanner
  return { mark, sealed, wholeOffset, wholeLsn, wholeCheck, isBatchOpen, lowest }
}

/** The survey of two parts, the second of which begins where the first ends. */
export function mergeChunks(first: ChunkSurvey, second: ChunkSurvey): ChunkSurvey {
  const moved = second.places.map((place) => ({
    ...place,
    records: place.records + first.records,
    wholeRecords: place.wholeRecords + first.records,
  }))
  const places = first.places.concat(moved)
  return {
    ...second,
    places: places.slice(0, PLACES_MAX),
    omitted: first.omitted + second.omitted + Math.max(0, places.length - PLACES_MAX),
    unreadable: first.unreadable || second.unreadable,
    records: first.records + second.records,
    wholeRecords: first.records + second.wholeRecords,
    mark: Math.max(first.mark, second.mark),
    proofOffset: second.mark > first.mark || second.sealed ? second.proofOffset : first.proofOffset,
  }
}
