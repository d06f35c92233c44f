/**
 * A thread of the pool that verifies: walks over one part of a segment at a time.
 */
import { createKernelMemory } from '../src/format/index.ts'
import { nodeFileSystem } from '../src/storage/node-file-system.ts'
import { runChunk } from '../src/verify/chunk-worker.ts'
import type { ChunkResult, ChunkTask } from '../src/verify/survey-plan.ts'
import { type PoolReply, poolReply } from '../src/worker-pool.ts'

const ports = { fs: nodeFileSystem, memory: createKernelMemory(1 << 20) }

export default function verifyChunk(task: ChunkTask): PoolReply<ChunkResult> {
  return poolReply(() => runChunk(ports, task))
}
