import type { StoredSegment } from '../storage/segment-directory.ts'
import type { ChunkTask } from '../verify/survey-plan.ts'
import type { CheckedChunk } from './check-chunk.ts'
import { planSegment, type SegmentPlan } from './segment-plan.ts'

/** Has chunks checked ahead of the place up to which they are joined, and hands them out in their order. */
export class CheckAhead {
  private readonly segments: readonly StoredSegment[]
  private readonly chunkBytes: number
  private readonly run: (task: ChunkTask, end: number) => Promise<CheckedChunk>
  private readonly started: Promise<CheckedChunk>[] = []
  /** What is started next: a segment, by its index, its plan, if that has been made, and a task in it. */
  private segment = 0
  private plan: SegmentPlan | undefined
  private task = 0

  constructor(
    segments: readonly StoredSegment[],
    chunkBytes: number,
    run: (task: ChunkTask, end: number) => Promise<CheckedChunk>,
  ) {
    this.segments = segments
    this.chunkBytes = chunkBytes
    this.run = run
  }

  /**
   * Begins with a segment, by another plan than it may have been begun with.
   * @returns what is under way, of this segment and of those behind it, and does not count
   */
  beginAnew(segment: number, plan: SegmentPlan): readonly Promise<CheckedChunk>[] {
    this.segment = segment
    this.plan = plan
    this.task = 0
    return this.started.splice(0)
  }

  /** The next chunk, whose plan must be known; up to so many are under way then, this one included. */
  next(ahead: number): Promise<CheckedChunk> {
    while (this.started.length < ahead && this.start());
    return this.started.shift()!
  }

  /** @returns whether there was anything to start */
  private start(): boolean {
    this.plan ??= this.guess()
    const { plan } = this
    if (plan === undefined) return false
    const checked = this.run(plan.tasks[this.task]!, plan.end)
    // Awaited when it is its turn; until then an error is no unhandled one.
    checked.catch(() => {})
    this.started.push(checked)
    this.task++
    if (this.task === plan.tasks.length) {
      this.segment++
      this.plan = undefined
      this.task = 0
    }
    return true
  }

  /** A plan as if the segments did not overlap. There is none of a last one before it is known where it ends. */
  private guess(): SegmentPlan | undefined {
    const segment = this.segments[this.segment]
    return segment === undefined || segment.isLast ? undefined : planSegment(segment, this.chunkBytes)
  }
}
