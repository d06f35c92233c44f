import { describe, expect, it } from 'vitest'
import { orderRows, positionRows, summaryOf, TradingState } from '../../src/trading/index.ts'
import { laneOf } from '../../tools/demo/engine-record.ts'
import { generatedEvents } from '../../tools/demo/events.ts'
import { ExchangeDesk } from '../../tools/demo/exchange-desk.ts'
import type { OrderEvent } from '../../tools/demo/order-event.ts'

const NEW: OrderEvent = { time: 34_200.004241176, type: 1, id: 7, size: 100, price: 5_853_300, side: 1 }

/** The paths by which events are told, and the state of whoever hears them. */
function told(...events: readonly unknown[]): { readonly paths: string[]; readonly state: TradingState } {
  const desk = new ExchangeDesk()
  const state = new TradingState()
  const records = events.map((event) => desk.tell(event))
  for (const [i, record] of records.entries()) {
    expect(laneOf(record.type, record.value)).toBe(record.lane)
    if (record.type === 0) continue
    expect(state.apply({ ...record, lsn: i + 1 }).outcome).toMatch(/^(accepted|unchanged)$/)
  }
  return { paths: records.map(({ path }) => path), state }
}

function orderOf(...events: readonly unknown[]): unknown {
  return [...orderRows(told(...events).state)][0]
}

describe('the exchange desk', () => {
  it('tells the life of an order as the order state machine knows it', () => {
    expect(orderOf(NEW)).toMatchObject({ status: 'accepted', side: 'buy', total_volume: '100', filled_volume: '0' })
    const filled = { ...NEW, type: 4, size: 40 }
    expect(orderOf(NEW, filled)).toMatchObject({
      status: 'partially_filled',
      filled_volume: '40',
      avg_fill_price: '585.33',
      last_update_ts_ns: '34200004241176',
    })
    expect(orderOf(NEW, filled, { ...NEW, type: 4, size: 60 })).toMatchObject({ status: 'filled' })
    expect(orderOf(NEW, filled, { ...NEW, type: 3, size: 60 })).toMatchObject({
      status: 'canceled',
      filled_volume: '40',
    })
  })

  it('tells a partial cancel with what it leaves', () => {
    const cancel = { ...NEW, type: 2, size: 70 }
    expect(orderOf(NEW, cancel, { ...NEW, type: 4, size: 30 })).toMatchObject({ status: 'filled', total_volume: '30' })
    expect(orderOf(NEW, cancel, { ...NEW, type: 2, size: 30 })).toMatchObject({ status: 'canceled' })
    expect(orderOf(NEW, { ...NEW, type: 4, size: 30 }, cancel)).toMatchObject({
      status: 'canceled',
      filled_volume: '30',
    })
  })

  it('tells of an order that it never saw as one without a total', () => {
    const first = { ...NEW, type: 4, size: 5 }
    expect(orderOf(first, first)).toMatchObject({ status: 'partially_filled', total_volume: null, filled_volume: '10' })
    expect(orderOf({ ...NEW, type: 2 }, first, { ...NEW, type: 3 })).toMatchObject({
      status: 'canceled',
      filled_volume: '5',
    })
  })

  it('tells the execution of a hidden order as a fill of an order of its own', () => {
    const { paths, state } = told({ ...NEW, type: 5, id: 0, size: 20 }, { ...NEW, type: 5, id: 0, size: 30, side: -1 })
    expect(paths).toEqual(['/fills', '/fills'])
    expect(summaryOf(state)).toMatchObject({ active: 0, orders_by_status: { filled: 2 } })
    expect(positionRows(state).map(({ direction, volume }) => direction + volume)).toEqual(['long20', 'short30'])
  })

  it.each([
    ['no order event', [{ kind: 'note' }]],
    ['a text', ['text']],
    ['a size of 0', [{ ...NEW, size: 0 }]],
    ['a price below 0', [{ ...NEW, price: -1 }]],
    ['a time past what a number holds', [{ ...NEW, time: 1e10 }]],
    ['an order that is there already', [NEW, NEW]],
    ['more executed than is there', [NEW, { ...NEW, type: 4, size: 101 }]],
    ['more canceled than is left', [NEW, { ...NEW, type: 2, size: 101 }]],
    ['news of an order that is over', [NEW, { ...NEW, type: 3 }, { ...NEW, type: 3 }]],
  ])('leaves to the audit log what no order can go through: %s', (_, events) => {
    expect(told(...events).paths.at(-1)).toBe('/audit')
  })

  it('has nothing of a generated market refused', () => {
    const events = generatedEvents(7).events()
    const { paths } = told(...Array.from({ length: 20_000 }, () => events.next().value))
    expect(new Set(paths)).toEqual(new Set(['/orders', '/fills']))
  })
})
