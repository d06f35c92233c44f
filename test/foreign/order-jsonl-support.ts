import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type OrderJsonlLine,
  type OrderJsonlReadOptions,
  type OrderJsonlReplayOptions,
  type OrderJsonlResult,
  readOrderJsonl,
  replayOrderJsonl,
} from '../../src/foreign/order-jsonl/index.ts'

/** Logs of the order gateway, with what its own replay made of them. */
export const CASES: string = fileURLToPath(new URL('../../../test/foreign/cases/order-jsonl/', import.meta.url))

/** Logs of version 4, made after the gateway's description. */
export const VERSION_4_CASES: string = fileURLToPath(
  new URL('../../../test/foreign/cases/order-jsonl-v4-derived/', import.meta.url),
)

/** Hands a file with this content to `use`, and removes it. Text is written as UTF-8. */
export async function withFile<T>(content: string | Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'ringwal-jsonl-'))
  const path = join(dir, 'events.wal')
  try {
    writeFileSync(path, content)
    return await use(path)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

export function replayOf(content: string | Uint8Array, options?: OrderJsonlReplayOptions): Promise<OrderJsonlResult> {
  return withFile(content, (path) => replayOrderJsonl(path, options))
}

/** The lines of a stream of these pieces. */
export async function linesOf(
  pieces: Iterable<Uint8Array>,
  options?: OrderJsonlReadOptions,
): Promise<OrderJsonlLine[]> {
  const lines: OrderJsonlLine[] = []
  for await (const line of readOrderJsonl(streamOf(pieces), options)) lines.push(line)
  return lines
}

export async function* streamOf(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces
}

/** An event as a gateway wrote it before it had versions. */
export interface WrittenOrder {
  readonly seq: number | bigint
  readonly kind: 'order' | 'trade'
  readonly exchange_ts_ns: bigint
  readonly recv_ts_ns: bigint
  readonly ts_ns: bigint
  readonly account_id: string
  readonly client_order_id: string
  readonly exchange_order_id: string
  readonly instrument_id: string
  readonly trade_id: string
  readonly event_source: string
  readonly status: number
  readonly total_volume: number
  readonly filled_volume: number
  /** As its text stands in the line. */
  readonly avg_fill_price: string
  readonly reason: string
  readonly trace_id: string
}

/** The line of an event, with its line feed. Control characters stand raw but for those three that have an escape. */
export function writtenLine(order: WrittenOrder): string {
  const bare = new Set(['avg_fill_price'])
  const fields = Object.entries(order).map(([name, value]) => {
    return `"${name}":${typeof value === 'string' && !bare.has(name) ? quoted(value) : value}`
  })
  return `{${fields.join(',')}}\n`
}

function quoted(text: string): string {
  const escapes: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  return `"${text.replace(/[\\"\n\r\t]/g, (character) => escapes[character]!)}"`
}

const ORDINARY: WrittenOrder = {
  seq: 0,
  kind: 'order',
  exchange_ts_ns: 0n,
  recv_ts_ns: 0n,
  ts_ns: 1n,
  account_id: 'a1',
  client_order_id: 'o',
  exchange_order_id: 'ex',
  instrument_id: 'i',
  trade_id: '',
  event_source: '',
  status: 1,
  total_volume: 10,
  filled_volume: 0,
  avg_fill_price: '0',
  reason: '',
  trace_id: 't',
}

/** The line of an ordinary event, but for what is given. */
export function lineOf(changes: Partial<WrittenOrder>): string {
  return writtenLine({ ...ORDINARY, ...changes })
}
