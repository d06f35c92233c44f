import { exactInteger } from '../exact-number.ts'
import type { ForeignText } from '../foreign-text.ts'
import { FIELD, FIELD_NUMBERS, type FieldName, LATER_INTEGERS, LATER_TEXTS } from './fields.ts'
import type { LineFields } from './line-fields.ts'
import { type ReadOrder, TextReader } from './order-reading.ts'
import { foreignTextOf } from './texts.ts'

/** Record types that entries are given, by the kind of the record: those of the trading state's order and trade events. */
export const ORDER_JSONL_TYPES = { order: 1, trade: 2 } as const

/** An order or trade event of the gateway. A text that is no UTF-8 is the bytes that it is. */
export interface OrderJsonlEvent {
  readonly kind: 'order' | 'trade'
  /** Sequence number in the gateway's log, 0 to 2^64 − 1, where the record has one that can be read. */
  readonly seq?: bigint
  /** Nanoseconds since the Unix epoch, 64-bit; both are `ts_ns` where the record has none. */
  readonly exchange_ts_ns: bigint
  readonly recv_ts_ns: bigint
  readonly ts_ns: bigint
  readonly account_id: ForeignText
  readonly client_order_id: ForeignText
  readonly exchange_order_id: ForeignText
  readonly instrument_id: ForeignText
  readonly trade_id: ForeignText
  readonly event_source: ForeignText
  /** 0 new, 1 accepted, 2 partially filled, 3 filled, 4 canceled, 5 rejected. */
  readonly status: number
  /** Absent where the record has none that can be read: old ones have none. */
  readonly total_volume?: number
  readonly filled_volume: number
  /** 0 where the record has none that can be read. */
  readonly avg_fill_price: number
  readonly reason: ForeignText
  readonly trace_id: ForeignText
  /** Fields of versions 3 and 4 that the record has, by their names. Integers beyond 2^53 − 1 are decimal digits. */
  readonly extra?: Readonly<Record<string, ForeignText | number>>
}

/** The event of the line that was read last. */
export function orderEventOf(fields: LineFields, event: ReadOrder, isVersion4: boolean): OrderJsonlEvent {
  const texts = new TextReader(fields, isVersion4)
  const text = (field: number): ForeignText => foreignTextOf(texts.get(field) ?? '')
  const time = BigInt(event.time)
  const value: Writable<OrderJsonlEvent> = {
    kind: event.kind,
    exchange_ts_ns: BigInt(fields.int64(FIELD.exchange_ts_ns) ?? time),
    recv_ts_ns: BigInt(fields.int64(FIELD.recv_ts_ns) ?? time),
    ts_ns: time,
    account_id: foreignTextOf(event.account),
    client_order_id: foreignTextOf(event.id),
    exchange_order_id: text(FIELD.exchange_order_id),
    instrument_id: foreignTextOf(event.instrument),
    trade_id: text(FIELD.trade_id),
    event_source: text(FIELD.event_source),
    status: event.status,
    filled_volume: event.filled,
    avg_fill_price: event.price,
    reason: foreignTextOf(event.reason),
    trace_id: foreignTextOf(event.trace),
  }
  const seq = fields.unsigned(FIELD.seq)
  if (seq !== undefined) value.seq = BigInt(seq)
  if (fields.int64(FIELD.total_volume) !== undefined) value.total_volume = event.total
  const extra = extraOf(fields, texts)
  if (extra !== undefined) value.extra = extra
  return value
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

function extraOf(fields: LineFields, texts: TextReader): Record<string, ForeignText | number> | undefined {
  if (!fields.has(FIELD.schema_version) && !fields.has(FIELD.event_type)) return undefined
  const extra: Record<string, ForeignText | number> = {}
  const numberOf = (name: FieldName): number => FIELD_NUMBERS.get(name)!
  for (const name of LATER_TEXTS) {
    const text = texts.get(numberOf(name))
    if (text !== undefined) extra[name] = foreignTextOf(text)
  }
  for (const name of LATER_INTEGERS) {
    const value = fields.int64(numberOf(name))
    if (value !== undefined) extra[name] = exactInteger(BigInt(value))
  }
  return extra
}
