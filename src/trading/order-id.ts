import type { Book } from './book.ts'
import { Order } from './order.ts'
import { hashOfId } from './order-table.ts'

/**
 * A client order id, and the order that it was found to name. The events of an order come close together: where its id is
 * known by its bytes, neither its book nor the order need be searched for by name.
 */
export class OrderId {
  readonly text: string
  readonly hash: number
  private book: Book | undefined
  private order: Order | undefined

  constructor(text: string) {
    this.text = text
    this.hash = hashOfId(text)
  }

  /** The book in which it was found last, if that is the one of these names and this key. */
  bookOf(account: string, instrument: string, key: number): Book | undefined {
    const { book } = this
    return book?.key === key && book.account === account && book.instrument === instrument ? book : undefined
  }

  /** The order of this id in a book. */
  orderIn(book: Book): Order | undefined {
    if (this.book === book) return this.order
    const row = book.orders.find(this.text, this.hash)
    return row < 0 ? undefined : this.found(book, row)
  }

  /** Makes an order of this id in a book that has none. */
  newIn(book: Book): Order {
    return this.found(book, book.orders.add(this.text, this.hash))
  }

  private found(book: Book, row: number): Order {
    this.book = book
    this.order = new Order(book.orders.table, row)
    return this.order
  }
}
