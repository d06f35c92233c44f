import { BookOrders } from './book-orders.ts'
import { packOrders, unpackOrders } from './order-columns.ts'
import type { OrderFacts } from './order-event.ts'
import { judge, type OrderStatus, STATUS_NAMES, type Verdict } from './order-machine.ts'
import { type OrderTable, STATUS } from './order-table.ts'
import { Position } from './position.ts'
import type { RowTable } from './row-table.ts'
import { snapshotError } from './stored-value.ts'

/** Where the numbers of a state stand. */
export interface StateTables {
  readonly orders: OrderTable
  /** A row for each book. */
  readonly books: RowTable
}

/** The orders and the position of an account in an instrument, as the records of one routing key make them. */
export class Book {
  readonly account: string
  readonly instrument: string
  readonly key: number
  readonly position: Position
  private readonly tables: StateTables
  /** Of its position, and in its six words of the numbers of orders by status. */
  private readonly row: number
  private held: BookOrders | undefined
  private packed: Uint8Array | undefined

  /** @param tables where its position and its orders are kept, with those of other books */
  constructor(account: string, instrument: string, key: number, tables: StateTables) {
    this.account = account
    this.instrument = instrument
    this.key = key
    this.tables = tables
    this.row = tables.books.addRow()
    this.position = new Position(tables.books, this.row)
    this.held = new BookOrders(tables.orders)
  }

  /** Orders by status. */
  get statusCounts(): number[] {
    return STATUS_NAMES.map((_, status) => this.tables.books.word(this.row, status))
  }

  judge(event: OrderFacts): Verdict {
    const { orderId } = event
    return judge(orderId.orderIn(this), orderId.text, event)
  }

  /** Takes an event in, unless the state machine refuses it. */
  apply(event: OrderFacts, isTrade: boolean): Verdict {
    const { orderId } = event
    let order = orderId.orderIn(this)
    const verdict = judge(order, orderId.text, event)
    if (verdict.outcome === 'rejected') return verdict
    if (order === undefined) {
      order = orderId.newIn(this)
      order.advance(event)
      this.count(event.status, 1)
    } else if (verdict.outcome === 'accepted') {
      this.count(order.status, -1)
      order.advance(event)
      this.count(event.status, 1)
    }
    order.book(event, isTrade, this.position)
    return verdict
  }

  /** By client order id. Orders of a snapshot are unpacked at the first use, some million a second. */
  get orders(): BookOrders {
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
    for (const [status, count] of statusCounts.entries()) this.tables.books.setWord(this.row, status, count)
    this.packed = packed
    this.held = undefined
  }

  private unpack(): BookOrders {
    const orders = unpackOrders(this.packed!, this.tables.orders)
    const counts = STATUS_NAMES.map(() => 0)
    for (const row of orders.rows()) counts[this.tables.orders.byte(row, STATUS)]!++
    const { statusCounts } = this
    if (counts.some((count, status) => count !== statusCounts[status])) {
      throw snapshotError('orders by status that are not those of the orders')
    }
    this.packed = undefined
    return orders
  }

  private count(status: OrderStatus, change: number): void {
    const { books } = this.tables
    books.setWord(this.row, status, books.word(this.row, status) + change)
  }
}
