import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { RingwalError } from '../../src/errors.ts'
import { isGzip, unpackGzip } from './unpack-gzip.ts'

const CHUNK_BYTES = 1 << 17

/** Bytes to read, from a file or stdin, unpacked if they are packed. */
export interface Input {
  /** For messages: the path as it was given, or `stdin`. */
  readonly name: string
  /** Bytes of the file as it is stored; 0 if that is not known. */
  readonly bytesTotal: number
  /** Stored bytes read so far. */
  readonly bytesRead: number
  /** @throws ERR_RINGWAL_INPUT for bytes that can not be unpacked; ERR_RINGWAL_IO */
  chunks(): AsyncGenerator<Uint8Array>
  /** Ends the reading, at once; `chunks` then ends without an error. */
  stop(): void
}

/**
 * Opens a file, or stdin for `-` and where no path is given. gzip is known by its first two bytes, whatever the name.
 * @throws ERR_RINGWAL_IO if the file can not be opened, or is a directory
 */
export async function openInput(path: string = '-'): Promise<Input> {
  if (path === '-') return new StreamInput('stdin', 0, process.stdin)
  try {
    const file = await open(path, 'r')
    return new StreamInput(path, await fileSize(file), file.createReadStream({ highWaterMark: CHUNK_BYTES }))
  } catch (error) {
    throw readError(path, error)
  }
}

/** A directory opens like a file, and is refused here. */
async function fileSize(file: FileHandle): Promise<number> {
  const stat = await file.stat()
  if (!stat.isDirectory()) return stat.isFile() ? stat.size : 0
  await file.close()
  throw new Error('it is a directory')
}

class StreamInput implements Input {
  readonly name: string
  readonly bytesTotal: number
  bytesRead = 0
  private readonly source: Readable
  private isStopped = false

  constructor(name: string, bytesTotal: number, source: Readable) {
    this.name = name
    this.bytesTotal = bytesTotal
    this.source = source
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      const chunks = this.counted()
      const head = await readHead(chunks)
      const all = joined(head, chunks)
      yield* isGzip(head) ? unpackGzip(all) : all
    } catch (error) {
      if (!this.isStopped) throw readError(this.name, error)
    } finally {
      this.source.destroy()
    }
  }

  stop(): void {
    this.isStopped = true
    this.source.destroy()
  }

  private async *counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.source as AsyncIterable<Uint8Array>) {
      this.bytesRead += chunk.length
      yield chunk
    }
  }
}

/** At least two bytes, unless the input has fewer: a pipe may hand them over one by one. */
async function readHead(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < 2) {
    const { value, done } = await chunks.next()
    if (done === true) break
    head = Buffer.concat([head, value])
  }
  return head
}

async function* joined(head: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  yield* rest
}

function readError(name: string, error: unknown): RingwalError {
  const { message, code } = error as NodeJS.ErrnoException
  const facts = { file: name }
  if (String(code).startsWith('Z_'))
    return new RingwalError('ERR_RINGWAL_INPUT', `${name}: gzip: ${message}`, facts, error)
  return new RingwalError('ERR_RINGWAL_IO', `${name}: ${message}`, facts, error)
}
