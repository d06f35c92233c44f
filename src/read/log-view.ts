import { resolve } from 'node:path'
import { RingwalError } from '../errors.ts'
import { type Checker, createChecker, createKernelMemory, type FrameMemory } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { nodeFileSystem } from '../storage/node-file-system.ts'
import { listFile, listSegments, type SegmentListing } from '../storage/segment-directory.ts'

/** What every reader works with. */
export interface ReadPorts {
  readonly fs: FileSystem
  readonly checker: Checker
  /** The reader's own; one reader at a time. */
  readonly memory: FrameMemory
}

const CHUNK_BYTES = 1 << 20

export async function createReadPorts(fs: FileSystem = nodeFileSystem): Promise<ReadPorts> {
  return { fs, checker: await createChecker(), memory: createKernelMemory(CHUNK_BYTES) }
}

/**
 * The segments at a path: a log's directory, or one segment file, which is then taken by itself, as a last segment.
 * @throws ERR_RINGWAL_NOT_FOUND if nothing is there
 */
export function viewLog(ports: ReadPorts, path: string): SegmentListing {
  const full = resolve(path)
  const stat = ports.fs.statPath(full)
  if (stat === undefined) throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is nothing at ${path}`, { path })
  return stat.kind === 'file' ? listFile(ports.fs, full, ports.checker) : listSegments(ports.fs, full, ports.checker)
}

/** Calls `use` with the file open for reading. */
export function withFile<T>(fs: FileSystem, path: string, use: (file: number) => T): T {
  const file = fs.open(path, 'read')
  try {
    return use(file)
  } finally {
    fs.close(file)
  }
}
