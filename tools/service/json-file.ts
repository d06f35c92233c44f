import { isUtf8 } from 'node:buffer'
import { RingwalError } from '../../src/errors.ts'
import { openInput } from '../input/open-input.ts'
import { parseExactJson } from './exact-json.ts'

/** Largest file that is read, unpacked, in bytes. */
const FILE_BYTES_MAX = 1 << 28
/** Arrays and objects in one another. */
const DEPTH_MAX = 100

const SQLITE = 'SQLite format 3\0'
const BYTE_ORDER_MARK = 0xfeff

/**
 * The value of a JSON file, or a list of those of JSON Lines; `-` is stdin.
 * @throws ERR_RINGWAL_INPUT for what is neither; ERR_RINGWAL_IO
 */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readText(path)
  if (text.startsWith(SQLITE)) throw refuse(path, 'it is a database of SQLite: hand over its tables as JSON')
  return parse(path, text)
}

async function readText(path: string): Promise<string> {
  const input = await openInput(path)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of input.chunks()) {
    chunks.push(chunk)
    length += chunk.length
    if (length > FILE_BYTES_MAX) {
      input.stop()
      throw refuse(path, `it is longer than ${FILE_BYTES_MAX} bytes`)
    }
  }
  const bytes = Buffer.concat(chunks)
  if (!isUtf8(bytes)) throw refuse(path, 'it is not UTF-8')
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}

function parse(path: string, text: string): unknown {
  try {
    return parseExactJson(text, DEPTH_MAX)
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    // Where even the first line is no JSON by itself, the file was not meant to be JSON Lines.
    if (lines.length < 2 || !isJson(lines[0]!)) throw refuse(path, `it is not JSON: ${(error as Error).message}`)
    return lines.map((line, index) => parseLine(path, line, index))
  }
}

function isJson(line: string): boolean {
  try {
    parseExactJson(line, DEPTH_MAX)
    return true
  } catch {
    return false
  }
}

function parseLine(path: string, line: string, index: number): unknown {
  try {
    return parseExactJson(line, DEPTH_MAX)
  } catch (error) {
    throw refuse(path, `line ${index + 1}, not counting blank ones, is not JSON: ${(error as Error).message}`)
  }
}

function refuse(path: string, reason: string): RingwalError {
  const name = path === '-' ? 'stdin' : path
  return new RingwalError('ERR_RINGWAL_INPUT', `${name}: ${reason}`, { path: name })
}
