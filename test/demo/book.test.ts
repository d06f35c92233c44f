import { describe, expect, it } from 'vitest'
import { Book } from '../../tools/demo/book.ts'
import type { OrderEvent } from '../../tools/demo/order-event.ts'

const order: OrderEvent = { time: 34_200, type: 1, id: 7, size: 100, price: 5_853_300, side: 1 }

function bookOf(...events: readonly unknown[]): Book {
  const book = new Book()
  for (const event of events) book.apply(event)
  return book
}

describe('the book', () => {
  it('holds an order until it is deleted, or cancelled or executed whole', () => {
    expect(bookOf(order).size).toBe(1)
    expect(bookOf(order, { ...order, type: 2, size: 40 }).size).toBe(1)
    expect(bookOf(order, { ...order, type: 2, size: 40 }, { ...order, type: 4, size: 60 }).size).toBe(0)
    expect(bookOf(order, { ...order, type: 3 }).size).toBe(0)
  })

  it('is not changed by the execution of a hidden order', () => {
    expect(bookOf(order, { ...order, type: 5 }).size).toBe(1)
  })

  it('takes an event about an order that it never saw, and one that is no order event', () => {
    expect(bookOf({ ...order, type: 3 }, { kind: 'note' }, 'text', null).size).toBe(0)
  })

  it('has a digest that tells every fact of every order', () => {
    const digests = [
      order,
      { ...order, id: 8 },
      { ...order, size: 99 },
      { ...order, price: 1 },
      { ...order, side: -1 },
    ].map((event) => bookOf(event).digest())
    expect(new Set(digests).size).toBe(5)
  })

  it('has a digest that tells how many events of which type there were', () => {
    const other = { ...order, id: 8 }
    const deleted = bookOf(order, { ...order, type: 3 })
    const executed = bookOf(order, { ...order, type: 4 })
    expect(new Set([bookOf(), deleted, executed, bookOf({ kind: 'note' })].map((book) => book.digest())).size).toBe(4)
    expect(bookOf(order, other).digest()).toBe(bookOf(other, order).digest())
  })
})
