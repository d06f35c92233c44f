import { RingwalError } from '../../errors.ts'
import type { ReplayEntry } from '../../replay/reducer.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { nodeFileSystem } from '../../storage/node-file-system.ts'
import { routingKeyOf } from '../routing-key.ts'
import { FIELD, markerOf } from './fields.ts'
import { fileChunks } from './file-chunks.ts'
import { LineReader } from './line-reader.ts'
import { LineSplitter, type RawLine } from './line-splitter.ts'
import type { OrderJsonlWarning } from './line-warnings.ts'
import { checkPath, type OrderJsonlReadOptions, planReading, type ReplayPlan } from './options.ts'
import { ORDER_JSONL_TYPES, type OrderJsonlEvent, orderEventOf } from './order-event.ts'
import type { StreamCheck } from './stream-check.ts'
import { bytesOf, latin1Of, shownText } from './texts.ts'

/** Where a line stands and what the original did with it by accident. */
interface LinePlace {
  /** From 1, blank lines counted. */
  readonly line: number
  /** Of its first byte in the file. */
  readonly offset: number
  readonly warnings: readonly OrderJsonlWarning[]
}

/** An entry for a reducer: `lsn` counts the lines that are not blank, from 1; `key` is that of the client order id. */
export interface OrderJsonlEntry extends ReplayEntry {
  readonly value: OrderJsonlEvent
}

/** What a line that is not blank gives. */
export type OrderJsonlLine = LinePlace &
  (
    | { readonly is: 'event'; readonly entry: OrderJsonlEntry }
    /** A record of another kind. */
    | { readonly is: 'ignored'; readonly kind: string }
    | { readonly is: 'error'; readonly reason: string }
  )

/**
 * Reads a gateway's log line by line, holding one line in memory. A file is looked through first: one of version 4 that is not
 * right in every record gives no line at all. Of a stream, which can be read but once, lines come before the fault is met: what
 * was made of them must then be thrown away.
 *
 * @param source a file's path, or its bytes in order, cut anywhere
 * @throws ERR_RINGWAL_OPTION at once; when iterated, ERR_RINGWAL_NOT_FOUND, ERR_RINGWAL_IO, ERR_RINGWAL_INPUT if a stream gives
 *   anything but bytes; of version 4, ERR_RINGWAL_DAMAGED and, of a later one, ERR_RINGWAL_FORMAT, with `line`, `offset` and
 *   `reason`
 */
export function readOrderJsonl(
  source: string | AsyncIterable<Uint8Array>,
  options: OrderJsonlReadOptions = {},
  fs: FileSystem = nodeFileSystem,
): AsyncGenerator<OrderJsonlLine> {
  const plan = planReading(options)
  if (typeof source === 'string') checkPath(source)
  return iterate(source, plan, fs)
}

async function* iterate(
  source: string | AsyncIterable<Uint8Array>,
  plan: ReplayPlan,
  fs: FileSystem,
): AsyncGenerator<OrderJsonlLine> {
  if (typeof source === 'string') await checkFile(fs, source, plan)
  const splitter = new LineSplitter(plan.maxLineBytes)
  const reader = new LineReader()
  for await (const bytes of typeof source === 'string' ? fileBytes(fs, source) : source) {
    for (const line of splitter.push(bytes)) {
      if (plan.signal?.aborted) return
      const read = lineOf(reader, line)
      if (read !== undefined) yield read
    }
  }
  const last = splitter.end()
  const read = last === undefined || plan.signal?.aborted ? undefined : lineOf(reader, last)
  if (read !== undefined) yield read
}

async function* fileBytes(fs: FileSystem, path: string): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of fileChunks(fs, path)) yield bytes
}

/** A file in which no version is told needs no more than a search. */
async function checkFile(fs: FileSystem, path: string, { maxLineBytes, signal }: ReplayPlan): Promise<void> {
  if (!(await mentionsVersion(fs, path))) return
  const splitter = new LineSplitter(maxLineBytes)
  const reader = new LineReader()
  for await (const bytes of fileBytes(fs, path)) {
    for (const line of splitter.push(bytes)) reader.read(line)
    if (signal?.aborted) return
    throwIfRefused(reader.check)
  }
  const last = splitter.end()
  if (last !== undefined) reader.read(last)
  throwIfRefused(reader.check)
}

async function mentionsVersion(fs: FileSystem, path: string): Promise<boolean> {
  const marker = markerOf(FIELD.schema_version)
  let before = ''
  for await (const bytes of fileBytes(fs, path)) {
    const text = before + latin1Of(bytes)
    if (text.includes(marker)) return true
    before = text.slice(-marker.length)
  }
  return false
}

function throwIfRefused({ refusal }: StreamCheck): void {
  if (refusal === undefined) return
  const { line, offset, reason, isUnknownVersion } = refusal
  const code = isUnknownVersion ? 'ERR_RINGWAL_FORMAT' : 'ERR_RINGWAL_DAMAGED'
  const message = `line ${line} at offset ${offset} refuses the whole file: ${reason}`
  throw new RingwalError(code, message, { line, offset, reason })
}

function lineOf(reader: LineReader, line: RawLine): OrderJsonlLine | undefined {
  const read = reader.read(line)
  throwIfRefused(reader.check)
  if (read === undefined) return undefined
  const { reading, warnings, isVersion4 } = read
  const place = { line: line.number, offset: line.offset, warnings }
  if (reading.is === 'error') return { ...place, is: 'error', reason: reading.reason }
  if (reading.is === 'ignored') return { ...place, is: 'ignored', kind: shownText(reading.kind) }
  const value = orderEventOf(reader.fields, reading, isVersion4)
  const type = ORDER_JSONL_TYPES[reading.kind]
  const entry = { lsn: reader.lines, time: value.ts_ns, type, key: routingKeyOf(bytesOf(reading.id)), value }
  return { ...place, is: 'event', entry }
}
