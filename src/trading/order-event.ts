import type { Decimal } from './decimal.ts'
import {
  Fault,
  fieldsOf,
  isSequenceOrAbsent,
  isText,
  isTextOrAbsent,
  isTimeOrAbsent,
  parseQuantity,
  parseQuantityOrAbsent,
  parseTime,
  QUANTITY_ALLOWED,
  type Quantity,
  SEQUENCE_ALLOWED,
  TEXT_ALLOWED,
  TIME_ALLOWED,
  type Whole,
} from './event-fields.ts'
import { OrderId } from './order-id.ts'
import { isOrderStatus, type OrderProgress, type OrderStatus } from './order-machine.ts'
import { highHalf, lowHalf } from './time-halves.ts'

/** What became of an order. Fields besides these are let through and not looked at. */
export interface OrderEvent {
  /** With the instrument and the client order id, the identity of the order. May be empty. */
  readonly account_id: string
  readonly instrument_id: string
  /** An empty one is refused by the order state machine. */
  readonly client_order_id: string
  /** 0 new, 1 accepted, 2 partially filled, 3 filled, 4 canceled, 5 rejected. */
  readonly status: OrderStatus
  /** All that is filled of the order so far, 0 or more. */
  readonly filled_volume: Quantity
  /** When it happened, in nanoseconds since the Unix epoch. */
  readonly ts_ns: Whole
  /** 0 or absent: not known, as in the logs of old gateways. */
  readonly total_volume?: Quantity
  /** Average price of all that is filled of the order. 0 or absent: not known, and the ledger waits for an event that tells. */
  readonly avg_fill_price?: Quantity
  /** Absent: as an earlier event of the order told, else `sell` exactly if `reason` is "short". */
  readonly side?: Side
  readonly reason?: string
  readonly exchange_order_id?: string
  readonly trade_id?: string
  readonly trace_id?: string
  readonly event_source?: string
  readonly seq?: Whole
  readonly exchange_ts_ns?: Whole
  readonly recv_ts_ns?: Whole
}

/** One trade of an order: `avg_fill_price` is the price of this trade, `filled_volume` all that is filled of the order. */
export type TradeEvent = OrderEvent

export type Side = 'buy' | 'sell'

/** A checked order or trade event: what the state is made of. */
export interface OrderFacts extends OrderProgress {
  readonly account: string
  readonly instrument: string
  readonly orderId: OrderId
  readonly exchangeOrderId: string
  readonly price: Decimal
  readonly side: Side | undefined
  readonly reason: string
  /** See time-halves.ts. */
  readonly timeHigh: number
  readonly timeLow: number
}

/**
 * Checks a value that is to be appended as ORDER_EVENT, and gives it back.
 * @throws ERR_RINGWAL_INPUT with the facts `field`, `value` and `allowed`
 */
export function orderEvent(value: unknown): OrderEvent {
  const facts = parseOrderEvent(value)
  if (facts instanceof Fault) throw facts.toError()
  return value as OrderEvent
}

/** As `orderEvent`, for TRADE_EVENT: the fields are the same. */
export function tradeEvent(value: unknown): TradeEvent {
  return orderEvent(value)
}

/** The facts of an order or trade event from anywhere, or the first fault. */
export function parseOrderEvent(value: unknown): OrderFacts | Fault {
  const raw = fieldsOf(value)
  if (raw instanceof Fault) return raw
  const { account_id: account, instrument_id: instrument, client_order_id: clientOrderId, status } = raw
  if (!isText(account)) return new Fault('account_id', account, TEXT_ALLOWED)
  if (!isText(instrument)) return new Fault('instrument_id', instrument, TEXT_ALLOWED)
  if (!isText(clientOrderId)) return new Fault('client_order_id', clientOrderId, TEXT_ALLOWED)
  if (!isOrderStatus(status)) return new Fault('status', status, '0, 1, 2, 3, 4, 5')
  const total = parseQuantityOrAbsent(raw['total_volume'])
  if (total === undefined) return new Fault('total_volume', raw['total_volume'], `absent, or ${QUANTITY_ALLOWED}`)
  const filled = parseQuantity(raw['filled_volume'])
  if (filled === undefined) return new Fault('filled_volume', raw['filled_volume'], QUANTITY_ALLOWED)
  const price = parseQuantityOrAbsent(raw['avg_fill_price'])
  if (price === undefined) return new Fault('avg_fill_price', raw['avg_fill_price'], `absent, or ${QUANTITY_ALLOWED}`)
  const time = parseTime(raw['ts_ns'])
  if (time === undefined) return new Fault('ts_ns', raw['ts_ns'], TIME_ALLOWED)
  const { side, exchange_order_id: exchangeOrderId, reason } = raw
  if (!isSideOrAbsent(side)) return new Fault('side', side, 'absent, buy, sell')
  if (!isTextOrAbsent(exchangeOrderId)) return new Fault('exchange_order_id', exchangeOrderId, TEXT_ALLOWED)
  if (!isTextOrAbsent(reason)) return new Fault('reason', reason, TEXT_ALLOWED)
  return (
    unkeptFault(raw) ?? {
      account,
      instrument,
      orderId: new OrderId(clientOrderId),
      exchangeOrderId: exchangeOrderId ?? '',
      status,
      total,
      filled,
      price,
      side: side ?? undefined,
      reason: reason ?? '',
      timeHigh: highHalf(time),
      timeLow: lowHalf(time),
    }
  )
}

/** Fields that the log keeps and the state does not. */
function unkeptFault(raw: Readonly<Record<string, unknown>>): Fault | undefined {
  const { trade_id, trace_id, event_source, seq, exchange_ts_ns, recv_ts_ns } = raw
  if (!isTextOrAbsent(trade_id)) return new Fault('trade_id', trade_id, TEXT_ALLOWED)
  if (!isTextOrAbsent(trace_id)) return new Fault('trace_id', trace_id, TEXT_ALLOWED)
  if (!isTextOrAbsent(event_source)) return new Fault('event_source', event_source, TEXT_ALLOWED)
  if (!isSequenceOrAbsent(seq)) return new Fault('seq', seq, SEQUENCE_ALLOWED)
  if (!isTimeOrAbsent(exchange_ts_ns)) return new Fault('exchange_ts_ns', exchange_ts_ns, TIME_ALLOWED)
  if (!isTimeOrAbsent(recv_ts_ns)) return new Fault('recv_ts_ns', recv_ts_ns, TIME_ALLOWED)
  return undefined
}

function isSideOrAbsent(value: unknown): value is Side | undefined | null {
  return value == null || value === 'buy' || value === 'sell'
}
