/** Numbers of the fields of an order event: bits of a mask. */

/** Any that is not one of these. */
export const OTHER = 0
export const ACCOUNT = 1
export const INSTRUMENT = 2
export const CLIENT_ORDER_ID = 3
export const STATUS = 4
export const FILLED = 5
export const TIME = 6
export const TOTAL = 7
export const PRICE = 8
export const SIDE = 9
export const EXCHANGE_ORDER_ID = 10
export const REASON = 11
export const TRADE_ID = 12
export const TRACE_ID = 13
export const EVENT_SOURCE = 14
export const SEQUENCE = 15
export const EXCHANGE_TIME = 16
export const RECEIVED_TIME = 17

export const FIELDS: ReadonlyMap<string, number> = new Map([
  ['account_id', ACCOUNT],
  ['instrument_id', INSTRUMENT],
  ['client_order_id', CLIENT_ORDER_ID],
  ['status', STATUS],
  ['filled_volume', FILLED],
  ['ts_ns', TIME],
  ['total_volume', TOTAL],
  ['avg_fill_price', PRICE],
  ['side', SIDE],
  ['exchange_order_id', EXCHANGE_ORDER_ID],
  ['reason', REASON],
  ['trade_id', TRADE_ID],
  ['trace_id', TRACE_ID],
  ['event_source', EVENT_SOURCE],
  ['seq', SEQUENCE],
  ['exchange_ts_ns', EXCHANGE_TIME],
  ['recv_ts_ns', RECEIVED_TIME],
])

export const REQUIRED: number = [ACCOUNT, INSTRUMENT, CLIENT_ORDER_ID, STATUS, FILLED, TIME].reduce(
  (all, field) => all | (1 << field),
  0,
)
