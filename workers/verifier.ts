/**
 * A thread of the pool that verifies: walks over one part of a segment at a time.
 */

import { errorToRecord } from '../src/errors.ts'
import { createKernelMemory } from '../src/format/index.ts'
import { nodeFileSystem } from '../src/storage/node-file-system.ts'
import { runChunk } from '../src/verify/chunk-worker.ts'
import type { ChunkTask } from '../src/verify/survey-plan.ts'
import type { ChunkReply } from '../src/verify/survey-pool.ts'

const ports = { fs: nodeFileSystem, memory: createKernelMemory(1 << 20) }

/** Errors go back as data: on the way between threads they would lose their facts. */
export default function verifyChunk(task: ChunkTask): ChunkReply {
  try {
    return { ok: runChunk(ports, task) }
  } catch (error) {
    return { error: errorToRecord(error) }
  }
}
