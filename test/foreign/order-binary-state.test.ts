/** What each event does to an order, and what the original's replay did with those that can not be. */
import { describe, expect, it } from 'vitest'
import { type OrderEvent, type OrderReplayResult, orderBinaryJson } from '../../src/foreign/order-binary/index.ts'
import { replayEntries } from './binary-fixture.ts'
import { entryBytes, entryOf, logBytes } from './order-writer.ts'

const order = (quantity: number, more: object = {}): OrderEvent => ({
  ...{ kind: 'new', id: 'A', symbol: 'BTCUSDT', side: 'BUY', orderType: 1, timeInForce: 0, quantity, price: 10 },
  ...more,
})
const fill = (quantity: number, price: number, time = 0n, id: string | Uint8Array = 'A'): OrderEvent => ({
  ...{ kind: 'fill', id, symbol: '', quantity, price, time },
})
const update = (status: string, time = 0n, more: object = {}): OrderEvent => ({
  ...{ kind: 'update', id: 'A', venueId: '', status, reason: '', time },
  ...more,
})
const replay = (...events: OrderEvent[]): Promise<OrderReplayResult> => replayEntries(logBytes(events))

describe('a fill', () => {
  it('fills an order to within 10^-12 of its quantity', async () => {
    const { orders } = await replay(order(1), fill(0.5, 8), fill(0.5 - 9e-13, 12))
    expect(orders['A']).toMatchObject({ status: 'FILLED', avg_price: expect.closeTo(10, 6) })
    const { orders: short } = await replay(order(1), fill(0.5, 8), fill(0.5 - 2e-12, 12))
    expect(short['A']).toMatchObject({ status: 'PARTIALLY_FILLED' })
  })

  it('leaves CANCELED, REJECTED and EXPIRED as they are, and no other status', async () => {
    for (const status of ['CANCELED', 'REJECTED', 'EXPIRED']) {
      const { orders, terminal } = await replay(order(1), update(status), fill(1, 1))
      expect(orders['A']).toMatchObject({ status, executed_qty: 1 })
      expect(terminal).toBe(1)
    }
    const { orders } = await replay(order(1), update('ANYTHING'), fill(0.1, 1))
    expect(orders['A']).toMatchObject({ status: 'PARTIALLY_FILLED' })
  })

  it('of nothing or less changes nothing, and makes no order', async () => {
    const { count, warnings, counts, damage } = await replay(fill(0, 1), fill(-1, 1), order(1), fill(-2, 1, 5n))
    expect(count).toBe(1)
    expect(warnings).toEqual(Array(2).fill('OrderFill for unknown order during WAL replay; client_order_id = A'))
    expect(counts).toMatchObject({ ignored: 1, stateRejected: 2, ledgerApplied: 1 })
    expect(damage.map(({ class: kind, offset }) => [kind, offset])).toEqual([
      ['content', 73],
      ['content', 222],
    ])
  })

  it('of NaN makes the quantity NaN, as there, and the JSON says so', async () => {
    const result = await replay(order(1), fill(Number.NaN, 1), fill(1, Infinity))
    const json = JSON.parse([...orderBinaryJson(result)].join(''))
    expect(json.orders.A).toMatchObject({ executed_qty: 'NaN', avg_price: 0, status: '' })
    expect(result.damageCount).toBe(2)
  })
})

describe('a new order', () => {
  it('is taken once; the second one is rejected if it says something else', async () => {
    const { orders, warnings, counts } = await replay(order(1), order(1), order(2))
    expect(orders['A']).toMatchObject({ order_qty: 1 })
    expect(warnings).toEqual(Array(2).fill('Skipping duplicate OrderNew during WAL replay; client_order_id = A'))
    expect(counts).toMatchObject({ ignored: 1, stateRejected: 1, ledgerApplied: 1 })
  })

  it('without a quantity or price above zero has none', async () => {
    for (const [quantity, price] of [
      [0, 0],
      [-1, -5],
      [Number.NaN, Number.NaN],
      [0, null],
    ] as const) {
      const { orders } = await replay(order(quantity, { price }), fill(3, 2))
      expect(orders['A']).toMatchObject({ order_qty: -1, limit_price: -1, executed_qty: 3, status: '' })
    }
  })

  it('with another byte for its side buys, as there, and is told of', async () => {
    const { type, payload } = entryOf(order(1))
    payload[4 + 1 + 4 + 7] = 7
    const { orders, damage } = await replayEntries(entryBytes({ sequence: 1n, type, payload }))
    expect(orders['A']).toMatchObject({ side: 'BUY', order_qty: 1 })
    expect(damage).toMatchObject([{ class: 'structure', offset: 0, bytes: 0 }])
  })
})

describe('an update', () => {
  it('overwrites with what is not empty, also a terminal status', async () => {
    const { orders } = await replay(
      order(1),
      update('FILLED', 1n, { venueId: 'V', reason: 'r' }),
      update('NEW', 2n),
      update('', 3n, { reason: 's' }),
    )
    expect(orders['A']).toMatchObject({ status: 'NEW', venue_order_id: 'V', reason: 's', last_ts_ns: 3 })
  })

  it('is late at the time of the last one, never without a time or before the first', async () => {
    const { orders, warnings, counts } = await replay(
      order(1),
      update('NEW', -5n),
      update('OPEN', 7n),
      update('LATE', 7n),
      update('OPEN', 6n),
      update('TIMELESS', 0n),
      update('NEGATIVE', -1n),
    )
    expect(orders['A']).toMatchObject({ status: 'NEGATIVE', last_ts_ns: 7 })
    expect(warnings).toHaveLength(2)
    expect(counts).toMatchObject({ ignored: 1, stateRejected: 1, ledgerApplied: 5 })
  })

  it('keeps times beyond 2^53 exact', async () => {
    const { orders } = await replay(order(1), update('NEW', 2n ** 63n - 1n), update('LATE', 2n ** 63n - 2n))
    expect(orders['A']).toMatchObject({ status: 'NEW', last_ts_ns: '9223372036854775807' })
  })
})

describe('a checkpoint', () => {
  const held = {
    ...{ id: 'A', symbol: 'S', side: 'SELL', quantity: 3, limit: null, executed: 3 / 7, averagePrice: 0.1 },
    ...{ venueId: 'V', status: 'NEW', reason: '', time: 9n, created: 1n },
  }

  it('clears what was there, and gives its orders a fill of their own', async () => {
    const { orders, current_sequence } = await replay(order(1, { id: 'gone' }), { kind: 'checkpoint', orders: [held] })
    expect(Object.keys(orders)).toEqual(['A'])
    // Rounded once more, and no longer NEW: so it was there.
    expect(orders['A']).toMatchObject({
      avg_price: (0.1 * (3 / 7)) / (3 / 7),
      status: 'PARTIALLY_FILLED',
      last_ts_ns: 9,
    })
    expect(current_sequence).toBe(2)
  })

  it('makes an order without a side a BUY, which is told of', async () => {
    const orders = [{ ...held, side: '' }]
    const result = await replay({ kind: 'checkpoint', orders })
    expect(result.orders['A']).toMatchObject({ side: 'BUY' })
    expect(result.damage).toMatchObject([{ class: 'content' }])
  })

  it('of no orders, or of no bytes at all, leaves none', async () => {
    expect((await replay(order(1), { kind: 'checkpoint', orders: [] })).count).toBe(0)
    const empty = entryBytes({ sequence: 2n, type: 5, payload: new Uint8Array(0) })
    const { count, damage } = await replayEntries(Buffer.concat([logBytes([order(1)]), empty]))
    expect(count).toBe(0)
    expect(damage).toMatchObject([{ class: 'structure' }])
  })
})

describe('ids', () => {
  it('are only ids, whatever they are called', async () => {
    const ids = ['__proto__', 'constructor', 'toString', '10', '9', ' ', 'é\u0000"\n']
    const result = await replay(...ids.map((id) => order(1, { id })))
    expect(Object.keys(result.orders).sort()).toEqual([...ids].sort())
    const json = JSON.parse([...orderBinaryJson(result)].join(''))
    expect(Object.keys(json.orders).sort()).toEqual([...ids].sort())
    expect(Object.getOwnPropertyDescriptor(json.orders, '__proto__')?.value).toMatchObject({ order_qty: 1 })
  })

  it('that are no UTF-8 stay apart, and their bytes can be read from the JSON', async () => {
    const ids = [Uint8Array.of(0xff), Uint8Array.of(0xfe), Uint8Array.of(0x41, 0xc3), Uint8Array.of(0xef, 0xbf, 0xbd)]
    const result = await replay(...ids.map((id) => order(1, { id })), fill(1, 1, 1n, ids[1]))
    const text = [...orderBinaryJson(result)].join('')
    expect(text).toContain('"\\udcff":')
    expect(Object.keys(result.orders)).toEqual(['\udcff', '\udcfe', 'A\udcc3', '\ufffd'])
    expect(result.orders['\udcfe']).toMatchObject({ status: 'FILLED' })
  })

  it('that are empty change nothing', async () => {
    const { count, entries_replayed, counts, damage, warnings } = await replay(
      order(1, { id: '' }),
      fill(1, 1, 1n, ''),
      update('X', 1n, { id: '' }),
      { kind: 'cancel', id: '', reason: '', time: 1n },
    )
    expect({ count, entries_replayed, warnings }).toEqual({ count: 0, entries_replayed: 4, warnings: [] })
    expect(counts).toMatchObject({ events: 4, stateRejected: 4 })
    expect(damage.map((place) => place.class)).toEqual(Array(4).fill('content'))
  })
})
