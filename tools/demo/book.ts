import { createHash } from 'node:crypto'
import {
  DELETE,
  EXECUTION,
  HIDDEN_EXECUTION,
  isOrderEvent,
  NEW,
  type OrderEvent,
  PARTIAL_CANCEL,
} from './order-event.ts'

interface Order {
  readonly price: number
  readonly side: number
  remaining: number
}

/**
 * The state of the demo's order engine: what rests in the book, and totals. The engine, its recovery and the model are
 * all folds of `apply` over events, so equal events in equal order give equal digests, and nothing else does.
 */
export class Book {
  private readonly orders = new Map<number, Order>()
  private readonly counts = [0, 0, 0, 0, 0, 0]
  private executedSize = 0
  private executedValue = 0
  /** Events about an order that the book does not hold: it was there before the input begins. */
  private strangers = 0

  /** Takes any event: one that is no order event is counted, and changes nothing else. */
  apply(event: unknown): void {
    if (!isOrderEvent(event)) {
      this.counts[0]!++
      return
    }
    this.counts[event.type]!++
    if (event.type === NEW) this.orders.set(event.id, { price: event.price, side: event.side, remaining: event.size })
    else this.change(event)
  }

  private change(event: OrderEvent): void {
    if (event.type === EXECUTION || event.type === HIDDEN_EXECUTION) {
      this.executedSize += event.size
      this.executedValue += event.size * event.price
    }
    if (event.type === HIDDEN_EXECUTION) return
    const order = this.orders.get(event.id)
    if (order === undefined) {
      this.strangers++
      return
    }
    if (event.type === PARTIAL_CANCEL || event.type === EXECUTION) order.remaining -= event.size
    if (event.type === DELETE || order.remaining <= 0) this.orders.delete(event.id)
  }

  /** Orders that rest in the book. */
  get size(): number {
    return this.orders.size
  }

  /** 16 hex digits over the whole state, in an order that does not depend on how it came about. */
  digest(): string {
    const hash = createHash('sha256')
    hash.update(JSON.stringify([this.counts, this.executedSize, this.executedValue, this.strangers]))
    for (const [id, { price, side, remaining }] of [...this.orders].sort(([a], [b]) => a - b)) {
      hash.update(`${id},${price},${side},${remaining};`)
    }
    return hash.digest('hex').slice(0, 16)
  }
}
