import type { StoredSegment } from '../storage/segment-directory.ts'
import { type ChunkResult, type ChunkRunner, type ChunkTask, planChunks } from './survey-plan.ts'

/** Results in the order of the parts, of which some are worked on ahead. */
export class ChunkQueue {
  private readonly tasks: Generator<ChunkTask>
  private readonly run: ChunkRunner
  private readonly ahead: number
  private readonly started: Promise<ChunkResult>[] = []

  constructor(segments: readonly StoredSegment[], run: ChunkRunner, ahead: number) {
    this.tasks = allChunks(segments)
    this.run = run
    this.ahead = ahead
  }

  next(): Promise<ChunkResult> {
    while (this.started.length < this.ahead) {
      const { done, value } = this.tasks.next()
      if (done) break
      const result = this.run(value)
      // Awaited when it is its turn; until then an error is no unhandled one.
      result.catch(() => {})
      this.started.push(result)
    }
    return this.started.shift()!
  }
}

function* allChunks(segments: readonly StoredSegment[]): Generator<ChunkTask> {
  for (const segment of segments) yield* planChunks(segment)
}
