import { RingwalError } from '../../errors.ts'
import type { FileSystem } from '../../storage/file-system.ts'

const CHUNK_BYTES = 1 << 18

/** Bytes of a file, in order, and how far they reach. */
export interface FileChunk {
  /** Valid until the next chunk is asked for. */
  readonly bytes: Uint8Array
  readonly bytesDone: number
  /** As the file was when it was opened. */
  readonly bytesTotal: number
}

/**
 * Reads a file from its first byte to where it ends, with a turn of the event loop before each chunk.
 * @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_IO, also for a link, a directory or a FIFO
 */
export async function* fileChunks(fs: FileSystem, path: string): AsyncGenerator<FileChunk> {
  if (fs.statPath(path) === undefined) {
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is nothing at ${path}`, { path })
  }
  const file = fs.open(path, 'read')
  try {
    const bytesTotal = fs.stat(file).size
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    for (let bytesDone = 0; ; ) {
      await new Promise((resolve) => setImmediate(resolve))
      const count = fs.read(file, buffer, 0, CHUNK_BYTES, bytesDone)
      if (count === 0) return
      bytesDone += count
      yield { bytes: buffer.subarray(0, count), bytesDone, bytesTotal }
    }
  } finally {
    fs.close(file)
  }
}
