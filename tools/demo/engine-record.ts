import { ORDER_EVENT, routingKey, TRADE_EVENT } from '../../src/trading/index.ts'
import { AUDIT_RECORD } from '../engine/drafts.ts'

/** Connections to the engine. Each has orders of its own, and its events reach the engine in order. */
export const LANES = 4

const INSTRUMENT = 'DEMO'

/** One event of the input, as the engine is told of it and has to log it. */
export interface EngineRecord {
  readonly path: '/orders' | '/fills' | '/audit'
  readonly lane: number
  /** What its order among others depends on: the order that it is about; empty for an audit record. */
  readonly order: string
  readonly type: number
  readonly key: number
  readonly value: unknown
}

/** What orders and fills are told of: fields of a trading event. */
export interface OrderNews {
  readonly client_order_id: string
  readonly status: number
  readonly filled_volume: number
  readonly [field: string]: unknown
}

export function orderRecord(lane: number, news: OrderNews): EngineRecord {
  return tradingRecord('/orders', ORDER_EVENT, lane, news)
}

export function fillRecord(lane: number, news: OrderNews): EngineRecord {
  return tradingRecord('/fills', TRADE_EVENT, lane, news)
}

export function auditRecord(value: unknown): EngineRecord {
  return { path: '/audit', lane: 0, order: '', type: AUDIT_RECORD, key: 0, value }
}

function tradingRecord(path: '/orders' | '/fills', type: number, lane: number, news: OrderNews): EngineRecord {
  const account_id = `desk-${lane}`
  const value = { account_id, instrument_id: INSTRUMENT, ...news }
  return { path, lane, order: news.client_order_id, type, key: routingKey(account_id, INSTRUMENT), value }
}

/** The lane of a record that a log holds; undefined for what none has sent. */
export function laneOf(type: number, value: unknown): number | undefined {
  if (type === AUDIT_RECORD) return 0
  if (typeof value !== 'object' || value === null) return undefined
  const [, digits] = /^desk-(\d)$/.exec(String((value as Record<string, unknown>)['account_id'])) ?? []
  const lane = Number(digits)
  return lane < LANES ? lane : undefined
}
