/**
 * The fields that the gateway's records have, in any version. Those up to `avg_fill_price` are what a replay is made from;
 * the others are only carried along.
 */
export const FIELD = {
  kind: 0,
  status: 1,
  client_order_id: 2,
  account_id: 3,
  instrument_id: 4,
  reason: 5,
  trace_id: 6,
  ts_ns: 7,
  filled_volume: 8,
  total_volume: 9,
  avg_fill_price: 10,
  seq: 11,
  exchange_ts_ns: 12,
  recv_ts_ns: 13,
  exchange_order_id: 14,
  trade_id: 15,
  event_source: 16,
  schema_version: 17,
  event_type: 18,
  stream_id: 19,
  run_id: 20,
  broker_id: 21,
  strategy_id: 22,
  component_id: 23,
  exchange_id: 24,
  raw_trade_id: 25,
  trading_day: 26,
  status_msg: 27,
  order_submit_status: 28,
  order_ref: 29,
  side: 30,
  offset: 31,
  last_trade_volume: 32,
  front_id: 33,
  session_id: 34,
  query_request_id: 35,
  recovery_generation: 36,
  stream_first_sequence: 37,
} as const

export type FieldName = keyof typeof FIELD

/** The name of each field, by its number. */
export const FIELD_NAMES: readonly FieldName[] = Object.keys(FIELD) as FieldName[]

/** What a replay is made from. */
export const REPLAY_FIELDS: readonly FieldName[] = FIELD_NAMES.slice(0, FIELD.avg_fill_price + 1)

/** Texts that came with versions 3 and 4. */
export const LATER_TEXTS: readonly FieldName[] = FIELD_NAMES.slice(FIELD.event_type, FIELD.side)

/** Integers that came with versions 3 and 4. */
export const LATER_INTEGERS: readonly FieldName[] = ['schema_version', ...FIELD_NAMES.slice(FIELD.side)]

/** A field's number by its name. */
export const FIELD_NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(FIELD))

/** The text by which the original found each field, by the field's number. */
const MARKERS: readonly string[] = FIELD_NAMES.map((name) => `"${name}":`)

export function markerOf(field: number): string {
  return MARKERS[field]!
}
