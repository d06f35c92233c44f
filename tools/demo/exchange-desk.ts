import { STATUS_NAMES, type StatusName } from '../../src/trading/index.ts'
import { auditRecord, type EngineRecord, fillRecord, LANES, type OrderNews, orderRecord } from './engine-record.ts'
import {
  DELETE,
  EXECUTION,
  HIDDEN_EXECUTION,
  isOrderEvent,
  NEW,
  type OrderEvent,
  PARTIAL_CANCEL,
} from './order-event.ts'

/** An order as the events up to here have made it. */
interface Order {
  readonly lane: number
  /** Undefined for one that rested before the input began: the exchange does not say how large it was. */
  total: number | undefined
  filled: number
  isOver: boolean
}

/**
 * Tells an exchange's events as an order gateway's, one for one:
 *
 * | event | record |
 * |---|---|
 * | new | an order, accepted |
 * | execution | a fill |
 * | partial cancel | the order with less in total: the state takes that over with the next fill, as it looks at no total alone |
 * | delete, or cancel of all that is left | the order, canceled |
 * | execution of a hidden order | a fill of an order that is known by this alone |
 *
 * An order that is not known is one without a total. What no order can go through (more executed than is there, news of one
 * that is over, a size of 0) and what is no order event at all becomes an audit record: the engine would refuse it.
 */
export class ExchangeDesk {
  private readonly orders = new Map<number, Order>()
  private opened = 0
  private hidden = 0

  tell(event: unknown): EngineRecord {
    if (!isOrderEvent(event) || event.size <= 0 || event.price < 0) return auditRecord(event)
    const time = Math.round(event.time * 1e9)
    return (Number.isSafeInteger(time) ? this.tellOrder(event, String(time)) : undefined) ?? auditRecord(event)
  }

  private tellOrder(event: OrderEvent, ts_ns: string): EngineRecord | undefined {
    const { type, id, size } = event
    if (type === HIDDEN_EXECUTION) return this.tellHidden(event, ts_ns)
    const known = this.orders.get(id)
    const order = known ?? this.open(id, type === NEW ? size : undefined)
    if (order.isOver || (type === NEW && known !== undefined)) return undefined
    if (type === EXECUTION) return fill(order, size) ? fillRecord(order.lane, newsOf(order, event, ts_ns)) : undefined
    if (type === PARTIAL_CANCEL && !reduce(order, size)) return undefined
    order.isOver = type === DELETE || order.filled === order.total
    return orderRecord(order.lane, newsOf(order, event, ts_ns))
  }

  private tellHidden(event: OrderEvent, ts_ns: string): EngineRecord {
    const order = { lane: this.hidden % LANES, total: event.size, filled: event.size, isOver: true }
    return fillRecord(order.lane, { ...newsOf(order, event, ts_ns), client_order_id: `hidden-${this.hidden++}` })
  }

  private open(id: number, total: number | undefined): Order {
    const order = { lane: this.opened++ % LANES, total, filled: 0, isOver: false }
    this.orders.set(id, order)
    return order
  }
}

/** @returns whether so much was left */
function fill(order: Order, size: number): boolean {
  const filled = order.filled + size
  if (filled > (order.total ?? Number.MAX_SAFE_INTEGER)) return false
  order.filled = filled
  order.isOver = filled === order.total
  return true
}

/** @returns whether so much was left */
function reduce(order: Order, size: number): boolean {
  if (order.total === undefined) return true
  if (order.total - order.filled < size) return false
  order.total -= size
  return true
}

function newsOf(order: Order, event: OrderEvent, ts_ns: string): OrderNews {
  const { total, filled } = order
  const isFill = event.type === EXECUTION || event.type === HIDDEN_EXECUTION
  const price = event.price / 1e4
  return {
    client_order_id: `x-${event.id}`,
    side: event.side === 1 ? 'buy' : 'sell',
    status: STATUS_NAMES.indexOf(statusOf(order, isFill)),
    // 0, where all was canceled, would say that it is not known.
    ...(total ? { total_volume: total } : {}),
    filled_volume: filled,
    ...(isFill ? { avg_fill_price: price } : { limit_price: price }),
    ts_ns,
  }
}

function statusOf({ filled, isOver }: Order, isFill: boolean): StatusName {
  if (isOver) return isFill ? 'filled' : 'canceled'
  return filled > 0 ? 'partially_filled' : 'accepted'
}
