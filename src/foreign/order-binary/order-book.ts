import { plainText } from '../foreign-text.ts'
import type { CancelEvent, CheckpointOrder, FillEvent, NewEvent, OrderEvent, UpdateEvent } from './order-events.ts'
import { OrderState } from './order-state.ts'

/**
 * What became of an event. `ignored`: it says nothing that the book does not hold already; `rejected`: it does, and was not
 * taken in all the same.
 */
export type Outcome = 'applied' | 'ignored' | 'rejected'

/** What the book tells while it takes events in. */
export interface BookReports {
  /** In the original's own words. */
  warn(text: string): void
  /** What can not be, and the original let pass without a word. */
  doubt(text: string): void
}

/** The orders of a log, event by event, as the original's replay rebuilt them. */
export class OrderBook {
  /** By client order id. */
  readonly orders: Map<string, OrderState> = new Map()
  readonly #reports: BookReports

  constructor(reports: BookReports) {
    this.#reports = reports
  }

  apply(event: OrderEvent): Outcome {
    if (event.kind === 'rotation' || event.kind === 'unknown') return 'ignored'
    if (event.kind === 'checkpoint') return this.restore(event.orders)
    const id = plainText(event.id)
    if (id === '') {
      this.#reports.doubt(`the ${event.kind} event has no client order id, and changes nothing`)
      return 'rejected'
    }
    if (event.kind === 'new') return this.#add(id, event)
    if (event.kind === 'update') return this.#update(id, event)
    return event.kind === 'fill' ? this.#fill(id, event) : this.#cancel(id, event)
  }

  /** Forgets all orders and takes those of a checkpoint, each as a new order, an update and a fill, as the original did. */
  restore(orders: Iterable<CheckpointOrder>): Outcome {
    this.orders.clear()
    for (const order of orders) {
      const id = plainText(order.id)
      if (id === '') this.#reports.doubt('an order of the checkpoint has no client order id, and is left out')
      else this.#restoreOrder(id, order)
    }
    return 'applied'
  }

  #add(id: string, event: NewEvent): Outcome {
    const { side, quantity, price } = event
    const symbol = plainText(event.symbol)
    const existing = this.orders.get(id)
    if (existing !== undefined) {
      this.#reports.warn(`Skipping duplicate OrderNew during WAL replay; client_order_id = ${id}`)
      const said = new OrderState(existing)
      said.noteParameters(symbol, side, quantity, price)
      return said.equals(existing) ? 'ignored' : 'rejected'
    }
    this.#doubtNumber(id, 'quantity', quantity)
    if (price !== null) this.#doubtNumber(id, 'price', price)
    this.#orderOf(id).noteParameters(symbol, side, quantity, price)
    return 'applied'
  }

  #update(id: string, event: UpdateEvent): Outcome {
    const isLate = this.#isLate('OrderUpdate', id, event.time)
    return this.#overwrite(id, isLate, event, plainText(event.status))
  }

  #cancel(id: string, event: CancelEvent): Outcome {
    const isLate = this.#isLate('OrderCancel', id, event.time)
    return this.#overwrite(id, isLate, { ...event, venueId: '' }, 'CANCELED')
  }

  #overwrite(
    id: string,
    isLate: boolean,
    { venueId, reason, time }: Pick<UpdateEvent, 'venueId' | 'reason' | 'time'>,
    status: string,
  ): Outcome {
    const order = this.#orderOf(id)
    if (!isLate) {
      order.update('', plainText(venueId), status, plainText(reason), time)
      return 'applied'
    }
    const said = new OrderState(order)
    said.update('', plainText(venueId), status, plainText(reason), 0n)
    return said.equals(order) ? 'ignored' : 'rejected'
  }

  #fill(id: string, { symbol, quantity, price, time }: FillEvent): Outcome {
    const isLate = this.#isLate('OrderFill', id, time)
    this.#doubtNumber(id, 'filled quantity', quantity)
    if (quantity === 0) return 'ignored'
    if (isLate || quantity < 0) return 'rejected'
    this.#doubtNumber(id, 'fill price', price)
    this.#orderOf(id).fill(plainText(symbol), quantity, price, time)
    return 'applied'
  }

  #restoreOrder(id: string, order: CheckpointOrder): void {
    const symbol = plainText(order.symbol)
    const side = plainText(order.side)
    if (side !== 'BUY' && side !== 'SELL')
      this.#reports.doubt(`the checkpoint's order ${id} has no side, and becomes a BUY`)
    const state = this.#orderOf(id)
    state.noteParameters(symbol, side === 'SELL' ? 'SELL' : 'BUY', order.quantity ?? 0, order.limit)
    state.update(side, plainText(order.venueId), plainText(order.status), plainText(order.reason), order.time)
    if (order.executed > 0) state.fill(symbol, order.executed, order.averagePrice, order.time)
  }

  /** Whether the order has had an event of this time or a later one. Warns of that, and of an order that is not known. */
  #isLate(event: string, id: string, time: bigint): boolean {
    const order = this.orders.get(id)
    if (order === undefined) {
      this.#reports.warn(`${event} for unknown order during WAL replay; client_order_id = ${id}`)
      return false
    }
    if (time <= 0n || order.time <= 0n || time > order.time) return false
    const times = `ts_ns = ${time}; existing.last_ts_ns = ${order.time}`
    this.#reports.warn(`Skipping out-of-order ${event} during WAL replay; client_order_id = ${id}; ${times}`)
    return true
  }

  #orderOf(id: string): OrderState {
    let order = this.orders.get(id)
    if (order === undefined) {
      order = new OrderState()
      this.orders.set(id, order)
    }
    return order
  }

  #doubtNumber(id: string, name: string, value: number): void {
    if (!(value >= 0) || value === Infinity) this.#reports.doubt(`the ${name} of order ${id} is ${value}`)
  }
}
