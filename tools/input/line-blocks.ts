import { RingwalError } from '../../src/errors.ts'
import { LINE_BYTES_MAX, type LineBlock } from './input-item.ts'

const NEWLINE = 10

/**
 * Cuts a stream of bytes at line ends, into blocks as large as the stream's own chunks. So no line waits for the one
 * behind it, and no UTF-8 sequence is cut. A byte order mark at the start is left out.
 * @throws ERR_RINGWAL_INPUT for a line of more than 16 MiB
 */
export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<LineBlock> {
  let open: Uint8Array[] = []
  let openBytes = 0
  let line = 1
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end > 0) {
      const bytes = withoutMark(Buffer.concat([...open, chunk.subarray(0, end)]), line)
      yield { bytes, line }
      line += countLines(bytes)
      open = []
      openBytes = 0
    }
    if (end < chunk.length) open.push(chunk.subarray(end))
    openBytes += chunk.length - end
    if (openBytes > LINE_BYTES_MAX) throw tooLong(name, line)
  }
  const bytes = withoutMark(Buffer.concat(open), line)
  if (bytes.length > 0) yield { bytes, line }
}

function withoutMark(bytes: Buffer, line: number): Buffer {
  const hasMark = line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return hasMark ? bytes.subarray(3) : bytes
}

function countLines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

function tooLong(name: string, line: number): RingwalError {
  const message = `${name} line ${line}: the line is longer than ${LINE_BYTES_MAX} bytes`
  return new RingwalError('ERR_RINGWAL_INPUT', message, { file: name, line })
}
