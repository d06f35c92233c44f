import { RingwalError } from '../errors.ts'
import type { FrameMemory, FrameRun } from '../format/index.ts'
import { findBoundary, surveyChunk } from '../read/chunk-survey.ts'
import type { ReadPorts } from '../read/log-view.ts'
import { refuseRetired, withSegment } from '../read/retired.ts'
import { tolerantSource } from '../read/tolerant-source.ts'
import type { ChunkResult, ChunkTask } from './survey-plan.ts'

/** Is shown every run of frames that verify, in their order, in the memory where they stand until it returns. */
export type OnRun = (run: FrameRun, memory: FrameMemory) => void

/** Walks over one part of a segment, in this thread. @throws ERR_RINGWAL_RETIRED */
export function runChunk(ports: Pick<ReadPorts, 'fs' | 'memory'>, task: ChunkTask, onRun?: OnRun): ChunkResult {
  try {
    return walkChunk(ports, task, onRun)
  } catch (error) {
    // Who reads on from the part before may find that the frame of a later version is no frame at all.
    const isGuess = typeof task.from === 'number'
    if (isGuess && error instanceof RingwalError && error.code === 'ERR_RINGWAL_FORMAT') return NOTHING
    throw error
  }
}

const NOTHING: ChunkResult = { start: undefined, survey: undefined }

function walkChunk(
  ports: Pick<ReadPorts, 'fs' | 'memory'>,
  { segment, from, until }: ChunkTask,
  onRun: OnRun | undefined,
): ChunkResult {
  const { fs, memory } = ports
  return withSegment(fs, segment, (file) => {
    const source = tolerantSource(fs, file)
    const start = typeof from === 'number' ? findBoundary(source, segment, memory, from, until ?? segment.end) : from
    if (from !== undefined && start === undefined) return NOTHING
    const bounds = { ...(start === undefined ? {} : { start }), ...(until === undefined ? {} : { until }) }
    const survey = surveyChunk(source, segment, memory, bounds, undefined, onRun)
    if (survey.places.length > 0) refuseRetired(fs, segment)
    return { start, survey }
  })
}
