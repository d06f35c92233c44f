import { type DeclaredRecord, defineRecord, field } from '../src/index.ts'

/** The order of 13 members with which the encodings are compared: what an order gateway logs at each change of an order. */
export interface Order {
  kind: 'order' | 'trade'
  ts_ns: number
  account_id: string
  client_order_id: string
  instrument_id: string
  side: 'buy' | 'sell'
  status: 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED'
  filled_volume: number
  total_volume: number
  avg_fill_price: number
  exchange_order_id: string
  reason: string
  trace_id: string
}

export const ORDER_TYPE = 7

export const ORDER: DeclaredRecord<Order> = defineRecord({
  name: 'order',
  type: ORDER_TYPE,
  key: ['account_id', 'instrument_id'],
  fields: {
    kind: field.enum('order', 'trade'),
    ts_ns: field.u53(),
    account_id: field.string(),
    client_order_id: field.string(),
    instrument_id: field.string(),
    side: field.enum('buy', 'sell'),
    status: field.enum('NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED'),
    filled_volume: field.u32(),
    total_volume: field.u32(),
    avg_fill_price: field.f64(),
    exchange_order_id: field.string(),
    reason: field.string(),
    trace_id: field.string(),
  },
})

/** A power of two: so many different orders are appended in turn. */
const ORDERS = 256

/** Orders that differ in what differs in life, and take the same bytes. The same ones at every call. */
export function makeOrders(): Order[] {
  return Array.from({ length: ORDERS }, (_, i) => ({
    kind: 'order',
    ts_ns: 1_700_000_000_000 + i,
    account_id: `ACC-${String(i % 40).padStart(4, '0')}`,
    client_order_id: `c-${String(12_345 + i).padStart(12, '0')}`,
    instrument_id: `rb24${String(1 + (i % 12)).padStart(2, '0')}`,
    side: 'buy',
    status: 'PARTIALLY_FILLED',
    filled_volume: 12 + (i % 50),
    total_volume: 100,
    avg_fill_price: 3821.5 + i / 4 + 1 / 8,
    exchange_order_id: `EX-${99_887_766 - i}`,
    reason: '',
    trace_id: (0x4bf92f3577b34da6n + BigInt(i)).toString(16),
  }))
}
