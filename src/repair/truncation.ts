import type { FrameRun, SegmentScanner } from '../format/index.ts'
import { readLsn } from '../format/index.ts'
import { continuesBatch, hasLsns, kindOfFrame, lastLsnOf, sizeOfFrame, takesLsn } from '../read/frame-walk.ts'
import type { ReadPorts } from '../read/log-view.ts'
import { scannerOf } from '../read/segment-walk.ts'
import type { TolerantSource } from '../read/tolerant-source.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'

/** Where a segment ends. */
export interface SegmentEnd {
  readonly end: number
  readonly lastLsn: number
}

/**
 * Where a segment ends that is to hold nothing above an LSN: behind the last frame up to it that is not in a batch which
 * goes on above it, as a batch counts whole or not at all.
 * @param lsn lower than the segment's last one, and at least its first
 */
export function endUpTo(
  { memory }: Pick<ReadPorts, 'memory'>,
  source: TolerantSource,
  segment: StoredSegment,
  lsn: number,
): SegmentEnd {
  const scanner = scannerOf(source, segment, memory)
  const limit = new LsnLimit(scanner, segment.header.firstLsn, lsn)
  for (let step = scanner.next(); step.kind !== 'end'; step = scanner.next()) {
    if (step.kind === 'run' && limit.isPassedIn(step)) break
    if (step.kind === 'bad' && !step.resumed) break
  }
  return limit.result
}

class LsnLimit {
  private readonly scanner: SegmentScanner
  private readonly lsn: number
  /** Behind the last frame that may stay, whatever follows. */
  private end: number
  private next: number
  private isBatchOpen = false
  /** What the scanner told behind the last run. */
  private lowest = 0
  /** LSN of the first record or tombstone that may not stay. */
  private over = 0

  constructor(scanner: SegmentScanner, firstLsn: number, lsn: number) {
    this.scanner = scanner
    this.end = scanner.offset
    this.next = firstLsn
    this.lsn = lsn
  }

  /** Whether a run holds something above the limit. */
  isPassedIn(run: FrameRun): boolean {
    const { scanner } = this
    if (scanner.lowest - 1 > this.lsn) return this.walk(run)
    // Damage may have taken the rest of a batch: marks behind it do not make it whole, unless they tell of lost LSNs.
    if (this.isBatchOpen && scanner.lowest === this.lowest && !hasLsns(scanner.memory.view, run)) return false
    this.lowest = scanner.lowest
    // All of it may stay, but for the batch that it may have left open.
    const offset = run.offset + run.to - run.from
    this.isBatchOpen = scanner.wholeOffset < offset
    if (scanner.wholeOffset > run.offset) {
      this.end = scanner.wholeOffset
      this.next = scanner.wholeLsn || scanner.lowest
    }
    return false
  }

  private walk(run: FrameRun): boolean {
    const { view } = this.scanner.memory
    for (let at = run.from; at < run.to; at += sizeOfFrame(view, at)) {
      if (!takesLsn(kindOfFrame(view, at))) continue
      const last = lastLsnOf(view, at)
      if (last > this.lsn) {
        this.over = readLsn(view, at)
        return true
      }
      this.isBatchOpen = continuesBatch(view, at)
      if (this.isBatchOpen) continue
      this.end = run.offset + at - run.from + sizeOfFrame(view, at)
      this.next = last + 1
    }
    return true
  }

  get result(): SegmentEnd {
    const { end, next, lsn, over, isBatchOpen } = this
    if (isBatchOpen) return { end, lastLsn: next - 1 }
    // Records may be lost right before the limit; a tombstone may reach over it.
    return { end, lastLsn: over === 0 ? lsn : Math.min(lsn, over - 1) }
  }
}
