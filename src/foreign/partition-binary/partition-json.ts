import { exactInteger } from '../exact-number.ts'
import type { PartitionEntry } from './partition-entry.ts'
import type { PartitionReplay } from './partition-replay.ts'

/** A record in the form of the original's results: bytes as hexadecimal digits, a timestamp beyond 2^53 − 1 as a string. */
export interface PartitionRecord {
  readonly timestamp: number | string
  readonly key: string | null
  readonly value: string
}

/** Characters of a piece of text. */
const PIECE_CHARS = 1 << 16
/** Bytes that become hexadecimal digits at once. */
const HEX_BYTES = 1 << 20

export function partitionRecord({ timestamp, value: { key, value } }: PartitionEntry): PartitionRecord {
  return { timestamp: exactInteger(timestamp), key: key === null ? null : hexOf(key), value: hexOf(value) }
}

/**
 * A replay as one JSON object, in pieces, read as it is written: no more than a record is held. The records come first, what
 * was counted behind them.
 * @throws as `PartitionReplay.records`
 */
export async function* partitionBinaryJson(replay: PartitionReplay): AsyncGenerator<string> {
  let text = '{"records":['
  let comma = ''
  for await (const entry of replay.records()) {
    text += comma
    comma = ','
    const { key, value } = entry.value
    if (value.length + (key?.length ?? 0) <= HEX_BYTES) text += JSON.stringify(partitionRecord(entry))
    else {
      yield text
      yield* largeRecord(entry)
      text = ''
    }
    if (text.length < PIECE_CHARS) continue
    yield text
    text = ''
  }
  const { recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, warnings } = replay.summary()
  const counted = JSON.stringify({ recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, warnings })
  yield `${text}],${counted.slice(1)}`
}

function* largeRecord({ timestamp, value: { key, value } }: PartitionEntry): Generator<string> {
  yield `{"timestamp":${JSON.stringify(exactInteger(timestamp))},"key":`
  if (key === null) yield 'null'
  else yield* quotedHex(key)
  yield ',"value":'
  yield* quotedHex(value)
  yield '}'
}

function* quotedHex(bytes: Uint8Array): Generator<string> {
  yield '"'
  for (let at = 0; at < bytes.length; at += HEX_BYTES) yield hexOf(bytes.subarray(at, at + HEX_BYTES))
  yield '"'
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
