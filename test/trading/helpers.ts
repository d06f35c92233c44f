import {
  BALANCE_EVENT,
  type BalanceEvent,
  keyOf,
  ORDER_EVENT,
  type OrderEvent,
  type PositionRow,
  positionRows,
  TRADE_EVENT,
  type TradingEntry,
  TradingState,
} from '../../src/trading/index.ts'

/** An order event with everything that is required; what is not told is of order o-1 of account a-1 in ag2406. */
export function order(fields: Partial<OrderEvent> = {}): OrderEvent {
  return {
    account_id: 'a-1',
    instrument_id: 'ag2406',
    client_order_id: 'o-1',
    status: 2,
    filled_volume: 0,
    ts_ns: 1_700_000_000_123_456_789n,
    ...fields,
  }
}

/** Events with their record types, as a log would hold them. */
export type Record = readonly [type: number, event: OrderEvent | BalanceEvent]

export function orderRecord(fields: Partial<OrderEvent>): Record {
  return [ORDER_EVENT, order(fields)]
}

export function tradeRecord(fields: Partial<OrderEvent>): Record {
  return [TRADE_EVENT, order(fields)]
}

export function balanceRecord(fields: Partial<BalanceEvent>): Record {
  return [BALANCE_EVENT, { account_id: 'a-1', currency: 'USD', ts_ns: 5n, ...fields } as BalanceEvent]
}

/** The records as entries, numbered from 1, with the keys that they should have. */
export function entriesOf(records: readonly Record[]): TradingEntry[] {
  return records.map(([type, value], index) => ({ lsn: index + 1, type, key: keyOf(value), value }))
}

export function foldOf(records: readonly Record[]): TradingState {
  const state = new TradingState()
  for (const entry of entriesOf(records)) state.apply(entry)
  return state
}

/** The one position of a state. */
export function onlyPosition(state: TradingState, options = {}): PositionRow {
  const rows = positionRows(state, options)
  if (rows.length !== 1) throw new Error(`${rows.length} positions`)
  return rows[0]!
}
