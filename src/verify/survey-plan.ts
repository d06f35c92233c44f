import { HEADER_PAGE_BYTES } from '../format/index.ts'
import { type ChunkSurvey, mergeChunks } from '../read/chunk-survey.ts'
import type { WalkStart } from '../read/segment-walk.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'

/** A part of a segment to be walked over. */
export interface ChunkTask {
  readonly segment: StoredSegment
  /** Where it begins; an offset to look for a place to begin at; undefined for the segment's first frame. */
  readonly from: WalkStart | number | undefined
  /** It ends behind the first batch that ends at or behind this offset; undefined for the segment's end. */
  readonly until: number | undefined
}

export interface ChunkResult {
  /** Where it began. */
  readonly start: WalkStart | undefined
  /** Undefined where there was no place to begin at. */
  readonly survey: ChunkSurvey | undefined
}

/** Whatever walks over parts: this thread, or a pool of them. */
export type ChunkRunner = (task: ChunkTask) => Promise<ChunkResult>

/** Bytes of a part: long enough that handing it to a thread is nothing beside it, short enough to share a segment among many. */
export const CHUNK_BYTES: number = 8 << 20

/** @param chunkBytes a multiple of 8 */
export function planChunks(segment: StoredSegment, chunkBytes: number = CHUNK_BYTES): ChunkTask[] {
  const count = Math.max(1, Math.floor((segment.end - HEADER_PAGE_BYTES) / chunkBytes))
  const boundary = (i: number): number => HEADER_PAGE_BYTES + i * chunkBytes
  return Array.from({ length: count }, (_, i) => ({
    segment,
    from: i === 0 ? undefined : boundary(i),
    until: i === count - 1 ? undefined : boundary(i + 1),
  }))
}

/**
 * Puts the parts of a segment together, in order. Each part was begun somewhere in its middle, on the word of its own frames
 * only: it counts where the part before it ends at that very place, with the same LSN and check. Where they do not meet, as
 * at damage, the part is walked over again from where the one before it ended.
 */
export class ChunkJoin {
  private readonly run: ChunkRunner
  private joined: ChunkSurvey | undefined

  constructor(run: ChunkRunner) {
    this.run = run
  }

  async add(task: ChunkTask, result: ChunkResult): Promise<void> {
    const before = this.joined
    if (before === undefined) {
      this.joined = result.survey ?? (await this.run(task)).survey
      return
    }
    const { next } = before
    // A frame, or damage, reached over all of this part.
    if (next === undefined || next.offset >= (task.until ?? Number.POSITIVE_INFINITY)) return
    const survey = meets(next, result.start) ? result.survey : (await this.run({ ...task, from: next })).survey
    if (survey !== undefined) this.joined = mergeChunks(before, survey)
  }

  get survey(): ChunkSurvey {
    return this.joined!
  }
}

function meets(end: WalkStart, start: WalkStart | undefined): boolean {
  return start?.offset === end.offset && start.lsn === end.lsn && start.lastCheck === end.lastCheck
}
