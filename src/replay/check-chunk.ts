import type { ReadPorts } from '../read/log-view.ts'
import { runChunk } from '../verify/chunk-worker.ts'
import type { ChunkResult, ChunkTask } from '../verify/survey-plan.ts'
import { FrameSorter, type LostLsns, type SorterSettings } from './frame-sorter.ts'

/** Frames for one thread: the first `used` bytes of `buffer`. */
export interface OwnedFrames {
  readonly owner: number
  readonly buffer: ArrayBuffer
  readonly used: number
}

/** What a walk over a chunk found, and the frames to be applied if it turns out that it began where it had to. */
export interface CheckedChunk extends ChunkResult {
  readonly frames: readonly OwnedFrames[]
  readonly lost: readonly LostLsns[]
}

/**
 * Walks over one part of a segment, as verify does, and takes out of it the frames that are asked for.
 * @param end file offset from which on frames do not count
 * @param sizes kept from chunk to chunk by a thread that checks many: memory is taken at once, as the one before needed it
 */
export function checkChunk(
  ports: Pick<ReadPorts, 'fs' | 'memory'>,
  task: ChunkTask,
  end: number,
  settings: SorterSettings,
  sizes?: number[],
): CheckedChunk {
  const sorter = new FrameSorter(settings, end, sizes)
  const found = runChunk(ports, task, (run, memory) => sorter.take(run, memory))
  if (found.survey === undefined) return { ...found, frames: [], lost: [] }
  return { ...found, frames: framesOf(sorter), lost: sorter.lost }
}

function framesOf({ stores }: FrameSorter): OwnedFrames[] {
  return stores.flatMap((store, owner) =>
    store === undefined ? [] : [{ owner, buffer: store.buffer, used: store.used }],
  )
}
