import { findBoundary, surveyChunk } from '../read/chunk-survey.ts'
import { type ReadPorts, withFile } from '../read/log-view.ts'
import { tolerantSource } from '../read/tolerant-source.ts'
import type { ChunkResult, ChunkTask } from './survey-plan.ts'

/** Walks over one part of a segment, in this thread. */
export function runChunk(ports: Pick<ReadPorts, 'fs' | 'memory'>, { segment, from, until }: ChunkTask): ChunkResult {
  const { fs, memory } = ports
  return withFile(fs, segment.path, (file) => {
    const source = tolerantSource(fs, file)
    const start = typeof from === 'number' ? findBoundary(source, segment, memory, from, until ?? segment.end) : from
    if (from !== undefined && start === undefined) return { start, survey: undefined }
    const bounds = { ...(start === undefined ? {} : { start }), ...(until === undefined ? {} : { until }) }
    return { start, survey: surveyChunk(source, segment, memory, bounds) }
  })
}
