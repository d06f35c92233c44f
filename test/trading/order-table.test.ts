import { describe, expect, it } from 'vitest'
import { BookOrders } from '../../src/trading/book-orders.ts'
import { Decimal, decimal } from '../../src/trading/decimal.ts'
import { BOOKED, BOOKED_NOTIONAL, FILLED, hashOfId, OrderTable, TOTAL } from '../../src/trading/order-table.ts'
import { SeededRandom } from '../support/seeded-random.ts'

/** Hashes of ids: as they are, and such that many or all share a place in the index. */
const HASHES: readonly (readonly [string, (id: string) => number])[] = [
  ['spread', hashOfId],
  ['in few places', (id) => hashOfId(id) & 3],
  ['in one place', () => 7],
]

describe.each(HASHES)('a table of orders whose hashes are %s', (_, hash) => {
  it('finds every order of every book, and none that is not there', () => {
    const table = new OrderTable()
    const random = new SeededRandom(1)
    const books = Array.from({ length: 5 }, () => ({ orders: new BookOrders(table), rows: new Map<string, number>() }))
    const [lone] = books
    for (let i = 0; i < 3000; i++) {
      const { orders, rows } = i % 3 === 0 ? lone! : random.pick(books)
      const id = `${random.pick(['o', 'ü', 'order-'])}${random.below(900)}`
      expect(orders.find(id, hash(id))).toBe(rows.get(id) ?? -1)
      if (!rows.has(id)) rows.set(id, orders.add(id, hash(id)))
    }
    for (const { orders, rows } of books) {
      expect(orders.size).toBe(rows.size)
      for (const [id, row] of rows) expect(orders.find(id, hash(id))).toBe(row)
      expect([...orders.rows()].map((row) => table.ids[row])).toEqual([...rows.keys()].sort())
      expect(orders.find('another', hash('another'))).toBe(-1)
    }
    expect(new Set(books.flatMap(({ rows }) => [...rows.values()])).size).toBe(table.ids.length)
  })
})

describe('ids that were chosen to have one hash', () => {
  it('cost no more than others: else this would take minutes', () => {
    const orders = new BookOrders(new OrderTable())
    for (let i = 0; i < 200_000; i++) orders.add(`o${i}`, 7)
    for (let i = 0; i < 200_000; i++) expect(orders.find(`o${i}`, 7) === i).toBe(true)
  })
})

describe('an amount of an order', () => {
  it('comes back as it was, however large, also when the table has grown', () => {
    const table = new OrderTable()
    const orders = new BookOrders(table)
    const big = new Decimal(12345678901234567890n, 9)
    const amounts = [
      decimal(0),
      decimal(-5, 2),
      decimal(2 ** 53 - 1, 80),
      big,
      decimal(1, 300),
      new Decimal(-(2n ** 70n), 0),
    ]
    const places = [TOTAL, FILLED, BOOKED, BOOKED_NOTIONAL]
    for (let i = 0; i < 500; i++) {
      const row = orders.add(`o${i}`, hashOfId(`o${i}`))
      for (const place of places) expect(table.amount(row, place)).toEqual(decimal(0))
      for (const place of places) table.setAmount(row, place, amounts[(i + place) % amounts.length]!)
    }
    table.setAmount(3, TOTAL, big)
    table.setAmount(3, TOTAL, decimal(4))
    expect(table.amount(3, TOTAL)).toEqual(decimal(4))
    for (let row = 4; row < 500; row++)
      for (const place of places) expect(table.amount(row, place)).toEqual(amounts[(row + place) % amounts.length])
  })
})
