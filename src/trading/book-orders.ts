import { Order } from './order.ts'
import { BEFORE, hashOfId, type OrderTable } from './order-table.ts'

/** The orders of one book, by client order id. */
export class BookOrders {
  readonly table: OrderTable
  size = 0
  private readonly book: number
  private last = -1

  constructor(table: OrderTable) {
    this.table = table
    this.book = table.newBook()
  }

  get(id: string): Order | undefined {
    const row = this.find(id, hashOfId(id))
    return row < 0 ? undefined : new Order(this.table, row)
  }

  /** @param hash `hashOfId(id)`. @returns its row in the table; -1 if there is none */
  find(id: string, hash: number): number {
    return this.table.find(this.book, id, hash)
  }

  /** Adds an order, of which nothing is told yet, for an id that has none. @returns its row in the table */
  add(id: string, hash: number): number {
    this.last = this.table.add(this.book, id, hash, this.last)
    this.size++
    return this.last
  }

  /** Their rows in the table, in the order of the UTF-16 units of their ids. */
  rows(): Int32Array {
    const { table, size } = this
    const { ids } = table
    const rows = new Int32Array(size)
    for (let row = this.last, i = size - 1; i >= 0; row = table.word(row, BEFORE), i--) rows[i] = row
    const isInOrder = rows.every((row, i) => i === 0 || ids[rows[i - 1]!]! < ids[row]!)
    return isInOrder ? rows : rows.sort((a, b) => (ids[a]! < ids[b]! ? -1 : 1))
  }

  /** In the order of their ids. */
  *entries(): Generator<[id: string, order: Order]> {
    for (const row of this.rows()) yield [this.table.ids[row]!, new Order(this.table, row)]
  }
}
