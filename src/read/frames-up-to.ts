import { type ByteSource, FRAME_TIME_AT, type FrameRun, KIND_RECORD, readLsn } from '../format/index.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { checkOfFrame, continuesBatch, kindOfFrame, lastLsnOf, sizeOfFrame, takesLsn } from './frame-walk.ts'
import type { ReadPorts } from './log-view.ts'
import { scannerOf, type WalkStart } from './segment-walk.ts'

/** Up to where records count; both bounds are included. */
export interface RecordLimit {
  readonly lsn: number
  /** Nanoseconds since the Unix epoch: the first record of a later time ends it, whatever follows. */
  readonly time: bigint
}

/** Where the records of a segment end that are within a limit. */
export interface LimitedEnd {
  /** Offset behind the last frame, and where that begins; the offset of the walk's begin, and 0, if none is within it. */
  readonly offset: number
  readonly frame: number
  readonly check: bigint
  readonly lsn: number
  /** Time of the last record; undefined if there is none. */
  readonly time: bigint | undefined
  /** LSN of the first record or tombstone that is not within the limit; 0 if all are. */
  readonly overLsn: number
  /** Whether records within the limit were left out, as their batch goes on behind it: it counts whole or not at all. */
  readonly cutsBatch: boolean
}

/**
 * Walks over frames up to a limit. Marks and notes behind the last record are left out. What does not verify ends the walk.
 * @param start as for a scanner; by default the segment's first frame
 */
export function framesUpTo(
  { memory }: Pick<ReadPorts, 'memory'>,
  source: ByteSource,
  segment: StoredSegment,
  limit: RecordLimit,
  start?: WalkStart,
): LimitedEnd {
  const scanner = scannerOf(source, segment, memory, start)
  const walk = new LimitWalk(scanner.offset, start?.lsn ?? segment.header.firstLsn, limit)
  for (let step = scanner.next(); step.kind === 'run'; step = scanner.next()) {
    if (walk.isOver(scanner.memory.view, step)) break
  }
  return walk.result
}

class LimitWalk {
  private readonly limit: RecordLimit
  private end: Pick<LimitedEnd, 'offset' | 'frame' | 'check' | 'lsn' | 'time'>
  private lastTime: bigint | undefined
  private overLsn = 0
  private isBatchOpen = false

  constructor(offset: number, nextLsn: number, limit: RecordLimit) {
    this.limit = limit
    this.end = { offset, frame: 0, check: 0n, lsn: nextLsn - 1, time: undefined }
  }

  /** Whether a run holds something beyond the limit. */
  isOver(view: DataView, run: FrameRun): boolean {
    let whole = -1
    let wholeTime: bigint | undefined
    for (let at = run.from; at < run.to; at += sizeOfFrame(view, at)) {
      const kind = kindOfFrame(view, at)
      if (!takesLsn(kind)) continue
      const time = kind === KIND_RECORD ? view.getBigUint64(at + FRAME_TIME_AT, true) : undefined
      if (lastLsnOf(view, at) > this.limit.lsn || (time !== undefined && time > this.limit.time)) {
        this.overLsn = readLsn(view, at)
        break
      }
      if (time !== undefined) this.lastTime = time
      this.isBatchOpen = continuesBatch(view, at)
      if (this.isBatchOpen) continue
      whole = at
      wholeTime = this.lastTime
    }
    if (whole >= 0) {
      const frame = run.offset + whole - run.from
      const offset = frame + sizeOfFrame(view, whole)
      this.end = { offset, frame, check: checkOfFrame(view, whole), lsn: lastLsnOf(view, whole), time: wholeTime }
    }
    return this.overLsn > 0
  }

  get result(): LimitedEnd {
    return { ...this.end, overLsn: this.overLsn, cutsBatch: this.isBatchOpen }
  }
}
