/** Trading state: what orders, fills and balance changes make, in a replay as in a live engine. See README.md. */

export { type BalanceEvent, balanceEvent } from './balance-event.ts'
export type { Book } from './book.ts'
export type { BookOrders } from './book-orders.ts'
export { Decimal } from './decimal.ts'
export type { Fault, Quantity, Whole } from './event-fields.ts'
export type { KeyedPairs } from './keyed-pairs.ts'
export type { Order } from './order.ts'
export { type OrderEvent, orderEvent, type Side, type TradeEvent, tradeEvent } from './order-event.ts'
export {
  judge,
  nextTotal,
  type OrderProgress,
  type OrderStatus,
  type Rejection,
  STATUS_NAMES,
  type StatusName,
  type Verdict,
} from './order-machine.ts'
export { parseDecimal } from './parse-decimal.ts'
export { averagePrice, margin, Position, SHARE_DECIMALS_MIN, unrealizedProfit } from './position.ts'
export { BALANCE_EVENT, ORDER_EVENT, TRADE_EVENT, TRADING_TYPES } from './record-types.ts'
export { keyOf, routingKey } from './routing-key.ts'
export { type Cell, type Row, SERVICE_TABLE_NAMES, type ServiceTable } from './service-columns.ts'
export {
  SERVICE_EVENT,
  SERVICE_KINDS,
  type ServiceEvent,
  type ServiceFacts,
  type ServiceKind,
} from './service-event.ts'
export { type ServicePosition, ServicePositions } from './service-positions.ts'
export {
  type ServiceCounts,
  type ServiceEntry,
  type ServiceProblem,
  ServiceState,
  serviceEventOf,
} from './service-state.ts'
export { restoreState, snapshotOf, TRADING_LABEL } from './snapshot.ts'
export {
  type Balance,
  type Outcome,
  type Problem,
  type TradingCounts,
  type TradingEntry,
  TradingState,
} from './trading-state.ts'
export {
  type BalanceRow,
  balanceRows,
  type OrderRow,
  orderRows,
  type PositionOptions,
  type PositionRow,
  positionRows,
  type SummaryRow,
  summaryOf,
} from './views.ts'

/** The reducer module, for `replay(dir, { reducer: tradingReducer })`. */
export const tradingReducer: URL = new URL('./reducer.js', import.meta.url)

/** As `tradingReducer`, but records of every type are handed over, so that the state counts those it ignores. */
export const countingReducer: URL = new URL('./counting-reducer.js', import.meta.url)

/** The reducer module of the recovery service's state: its tables, as the events of SERVICE_EVENT make them. */
export const serviceReducer: URL = new URL('./service-reducer.js', import.meta.url)
