import { Order } from './order.ts'
import { packOrders, unpackOrders } from './order-columns.ts'
import type { OrderFacts } from './order-event.ts'
import { judge, type OrderStatus, STATUS_NAMES, type Verdict } from './order-machine.ts'
import { Position } from './position.ts'
import { snapshotError } from './stored-value.ts'

/** The orders and the position of an account in an instrument, as the records of one routing key make them. */
export class Book {
  readonly account: string
  readonly instrument: string
  readonly key: number
  readonly position: Position = new Position()
  /** Orders by status. */
  readonly statusCounts: number[] = STATUS_NAMES.map(() => 0)
  private held: Map<string, Order> | undefined = new Map()
  private packed: Uint8Array | undefined

  constructor(account: string, instrument: string, key: number) {
    this.account = account
    this.instrument = instrument
    this.key = key
  }

  judge(event: OrderFacts): Verdict {
    return judge(this.orders.get(event.clientOrderId), event.clientOrderId, event)
  }

  /** Takes an event in, unless the state machine refuses it. */
  apply(event: OrderFacts, isTrade: boolean): Verdict {
    const { orders } = this
    let order = orders.get(event.clientOrderId)
    const verdict = judge(order, event.clientOrderId, event)
    if (verdict.outcome === 'rejected') return verdict
    if (order === undefined) {
      order = new Order(event)
      orders.set(event.clientOrderId, order)
      this.count(order.status, 1)
    } else if (verdict.outcome === 'accepted') {
      this.count(order.status, -1)
      order.advance(event)
      this.count(order.status, 1)
    }
    order.book(event, isTrade, this.position)
    return verdict
  }

  /** By client order id. Orders of a snapshot are unpacked at the first use, some million a second. */
  get orders(): Map<string, Order> {
    this.held ??= this.unpack()
    return this.held
  }

  /**
   * The orders as bytes, equal for equal orders. Nothing is done for those that came from a snapshot and were not touched:
   * by this the states of shards come together at next to no cost.
   */
  pack(): Uint8Array {
    return this.packed ?? packOrders(this.orders)
  }

  /** Makes this book, which must be new, that of a snapshot. */
  restore(packed: Uint8Array, statusCounts: readonly number[]): void {
    for (const [status, count] of statusCounts.entries()) this.statusCounts[status] = count
    this.packed = packed
    this.held = undefined
  }

  private unpack(): Map<string, Order> {
    const orders = unpackOrders(this.packed!)
    const counts = STATUS_NAMES.map(() => 0)
    for (const { status } of orders.values()) counts[status]!++
    if (counts.some((count, status) => count !== this.statusCounts[status])) {
      throw snapshotError('orders by status that are not those of the orders')
    }
    this.packed = undefined
    return orders
  }

  private count(status: OrderStatus, change: number): void {
    this.statusCounts[status]! += change
  }
}
