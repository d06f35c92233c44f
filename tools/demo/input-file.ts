import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { RingwalError } from '../../src/errors.ts'
import { type EventStream, repeatedEvents } from './events.ts'
import { isOrderEvent } from './order-event.ts'

/** Bytes of text that the demo reads: it keeps all events in memory. */
const INPUT_BYTES_MAX = 256 * 2 ** 20

/**
 * Events from a file, plain or gzip (known by its first bytes): JSON Lines, one object a line, or an exchange's order file
 * in CSV without a header: `time,type,order id,size,price×10000,side`. Which of the two, the first character tells.
 * JSON objects with the same six facts (time, type, id, size, price, side) move the book; others are logged and counted.
 *
 * @throws ERR_RINGWAL_INPUT, with file and line; a system error if the file can not be read
 */
export function readEvents(path: string): EventStream {
  const text = readText(path)
  const parse = text.trimStart().startsWith('{') ? parseObject : parseRow
  const events: unknown[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const event = parse(line)
    if (typeof event === 'string') throw refusal(path, `line ${i + 1}: ${event}`, { line: i + 1 })
    events.push(event)
  }
  if (events.length === 0) throw refusal(path, 'there is no event in it')
  return repeatedEvents(basename(path), events)
}

function readText(path: string): string {
  if (statSync(path).size > INPUT_BYTES_MAX) throw refusal(path, `it is larger than ${INPUT_BYTES_MAX} bytes`)
  const bytes = readFileSync(path)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString()
  try {
    return gunzipSync(bytes, { maxOutputLength: INPUT_BYTES_MAX }).toString()
  } catch (error) {
    throw refusal(path, `it can not be unpacked: ${(error as Error).message}`)
  }
}

/** The event, or what is wrong with the line. */
function parseObject(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : 'it is not a JSON object'
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`
  }
}

const NUMBER = /^-?\d{1,16}(?:\.\d{1,12})?$/

function parseRow(line: string): unknown {
  const fields = line.trimEnd().split(',')
  if (fields.length !== 6) return `it has ${fields.length} fields instead of 6`
  if (!fields.every((field) => NUMBER.test(field))) return 'a field is not a number'
  const [time, type, id, size, price, side] = fields.map(Number)
  const event = { time, type, id, size, price, side }
  return isOrderEvent(event)
    ? event
    : 'it is not time,type,order id,size,price×10000,side with type 1 to 5 and side 1 or -1'
}

function refusal(path: string, why: string, facts: Record<string, unknown> = {}): RingwalError {
  return new RingwalError('ERR_RINGWAL_INPUT', `${path}: ${why}`, { file: path, ...facts })
}
