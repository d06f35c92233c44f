import { RingwalError } from '../../src/errors.ts'
import { orderRows, restoreState, type TradingState } from '../../src/trading/index.ts'
import { balanceRecord, foldOf, orderRecord, type Record, tradeRecord } from './helpers.ts'

/** Some of everything: sides, reasons, amounts beyond numbers, refused and unreadable events. */
const RECORDS: readonly Record[] = [
  orderRecord({ status: 1, total_volume: '10', side: 'buy', exchange_order_id: 'x', ts_ns: -1n }),
  tradeRecord({ filled_volume: '2.5', avg_fill_price: '98765432109876543210.125' }),
  tradeRecord({ client_order_id: 'o-2', filled_volume: 3, avg_fill_price: '0.1', reason: 'short' }),
  orderRecord({ client_order_id: 'ü', status: 5, reason: 'no money' }),
  orderRecord({ account_id: '', instrument_id: '', filled_volume: 1, avg_fill_price: 7 }),
  orderRecord({ status: 1 }),
  orderRecord({ ts_ns: 'never' }),
  balanceRecord({ set: '-0.000000000000000000000000000001' }),
  balanceRecord({ currency: 'BTC', add: 3, ts_ns: 2n ** 63n - 1n }),
]

export function whole(): TradingState {
  return foldOf(RECORDS)
}

/** Why bytes are refused, when they are restored or when the orders are first looked at; undefined if they are not. */
export function reasonOf(bytes: Uint8Array): unknown {
  try {
    for (const _ of orderRows(restoreState(bytes)));
  } catch (error) {
    if (error instanceof RingwalError && error.code === 'ERR_RINGWAL_INPUT') return error.facts['reason']
    throw error
  }
  return undefined
}
