/** The records that another system's log becomes. */
import {
  describeForeignDamage,
  describeWarning,
  type OrderJsonlEvent,
  type OrderJsonlLine,
  readOrderBinary,
  readOrderJsonl,
  readPartitionBinary,
} from '../../src/foreign/index.ts'
import type { OrderEvent } from '../../src/trading/index.ts'
import { routingKey } from '../../src/trading/routing-key.ts'
import type { ForeignFormat } from '../support/log-formats.ts'

/** A record to be appended. */
export interface ImportRecord {
  readonly type: number
  readonly key: number
  /** Nanoseconds since the Unix epoch, 0 to 2^64 - 1. */
  readonly time: bigint
  readonly value: unknown
}

/** Record types of what is no trading event: an order log's entry is of type 256 + its own, a broker's record of 512. */
const ORDER_BINARY_TYPE = 256
const PARTITION_TYPE = 512

/** What was met besides records. `lost` are places that gave none, and should have. */
export interface ImportNotes {
  readonly lost: (text: string) => void
  readonly ignored: (text: string) => void
  readonly warn: (text: string) => void
}

/** @param prefix front of the file names, where a directory holds several order logs */
export function importRecords(
  path: string,
  format: ForeignFormat,
  prefix: string | undefined,
  notes: ImportNotes,
): AsyncGenerator<ImportRecord> {
  if (format === 'order-jsonl') return jsonlRecords(path, notes)
  return format === 'partition-binary' ? partitionRecords(path, notes) : orderRecords(path, prefix, notes)
}

/** As the trading state's order and trade events, so that `ringwal replay` rebuilds orders and positions from them. */
async function* jsonlRecords(path: string, notes: ImportNotes): AsyncGenerator<ImportRecord> {
  for await (const line of readOrderJsonl(path)) {
    for (const warning of line.warnings) notes.warn(describeWarning(warning))
    if (line.is !== 'event') noteLine(line, notes)
    else {
      const value = tradingEventOf(line.entry.value)
      yield {
        type: line.entry.type,
        key: keyOf(value),
        time: timeOf(line.entry.time),
        value,
      }
    }
  }
}

/** Of names that are no text the trading state makes nothing: the record only keeps them. */
function keyOf({ account_id: account, instrument_id: instrument }: OrderJsonlEvent): number {
  return typeof account === 'string' && typeof instrument === 'string' ? routingKey(account, instrument) : 0
}

function noteLine(line: Exclude<OrderJsonlLine, { is: 'event' }>, notes: ImportNotes): void {
  const at = `line ${line.line}, offset ${line.offset}`
  if (line.is === 'ignored') notes.ignored(`${at}: a record of kind ${line.kind}`)
  else notes.lost(`${at}: ${line.reason}`)
}

/** Later versions tell the side, as the trading state knows it. */
function tradingEventOf(event: OrderJsonlEvent): OrderJsonlEvent & Pick<OrderEvent, 'side'> {
  const side = event.extra?.['side']
  return side === 'buy' || side === 'sell' ? { ...event, side } : { ...event }
}

async function* partitionRecords(path: string, notes: ImportNotes): AsyncGenerator<ImportRecord> {
  const onDamage = damageNote(notes)
  for await (const { time, key, timestamp, value } of readPartitionBinary(path, { onDamage }))
    yield { type: PARTITION_TYPE, key, time, value: { timestamp, ...value } }
}

async function* orderRecords(
  path: string,
  prefix: string | undefined,
  notes: ImportNotes,
): AsyncGenerator<ImportRecord> {
  const options = { onDamage: damageNote(notes), ...(prefix === undefined ? {} : { prefix }) }
  for await (const { time, key, type, sequence, value } of readOrderBinary(path, options))
    yield { type: ORDER_BINARY_TYPE + type, key, time: timeOf(time), value: { sequence, ...value } }
}

function damageNote(notes: ImportNotes): (damage: Parameters<typeof describeForeignDamage>[0]) => void {
  return (damage) => notes.lost(describeForeignDamage(damage))
}

/** The value keeps a time before 1970, which a record can not have. */
function timeOf(time: bigint): bigint {
  return time < 0n ? 0n : time
}
