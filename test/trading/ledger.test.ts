import { describe, expect, it } from 'vitest'
import { type OrderEvent, orderRows, positionRows } from '../../src/trading/index.ts'
import { foldOf, onlyPosition, orderRecord, type Record, tradeRecord } from './helpers.ts'

/** A trade that fills a whole order by itself. */
function trade(id: string, side: 'buy' | 'sell', volume: number | string, price: number | string): Record {
  return tradeRecord({ client_order_id: id, side, status: 3, filled_volume: volume, avg_fill_price: price })
}

const amounts = (records: readonly Record[]): object => {
  const { direction, volume, avg_price, cost, margin, realized_profit } = onlyPosition(foldOf(records))
  return { direction, volume, avg_price, cost, margin, realized_profit }
}

describe('a position', () => {
  it('averages what it is built of, long and short, and asks for a tenth of its cost as margin', () => {
    const long = { direction: 'long', volume: '3', avg_price: '4507.5', cost: '13522.5', margin: '1352.25' }
    expect(amounts([trade('a', 'buy', 1, 4500), trade('b', 'buy', 2, 4511.25)])).toEqual({
      ...long,
      realized_profit: '0',
    })
    const short = { direction: 'short', volume: '5', avg_price: '106', cost: '-530', margin: '53' }
    expect(amounts([trade('a', 'sell', 2, 100), trade('b', 'sell', 3, 110)])).toEqual({
      ...short,
      realized_profit: '0',
    })
  })

  it('realizes profit at average cost as it is closed', () => {
    const records = [trade('a', 'buy', 2, 100), trade('b', 'buy', 2, 110), trade('c', 'sell', 1, 120)]
    expect(amounts(records)).toMatchObject({ volume: '3', avg_price: '105', cost: '315', realized_profit: '15' })
    const closed = amounts([...records, trade('d', 'sell', 3, '99.5')])
    expect(closed).toMatchObject({ direction: 'flat', volume: '0', avg_price: '0', cost: '0', realized_profit: '-1.5' })
  })

  it('gains as a short when prices fall', () => {
    const records = [trade('a', 'sell', 4, 50), trade('b', 'buy', 1, 45)]
    expect(amounts(records)).toMatchObject({ direction: 'short', volume: '3', cost: '-150', realized_profit: '5' })
  })

  it('flips through zero: the old side is closed, the rest opens at the price of the fill', () => {
    const toShort = [trade('a', 'buy', 2, 100), trade('b', 'sell', 5, 130)]
    expect(amounts(toShort)).toMatchObject({ direction: 'short', volume: '3', avg_price: '130', realized_profit: '60' })
    const toLong = [...toShort, trade('c', 'buy', 4, 131)]
    expect(amounts(toLong)).toMatchObject({ direction: 'long', volume: '1', avg_price: '131', realized_profit: '57' })
  })

  it('keeps what a division rounds away in the cost of the rest', () => {
    const thirds = [trade('a', 'buy', 1, 10), trade('b', 'buy', 2, 15), trade('c', 'sell', 1, 0.01)]
    expect(amounts(thirds)).toMatchObject({
      cost: '26.66666667',
      avg_price: '13.33333334',
      realized_profit: '-13.32333333',
    })
    expect(amounts([...thirds, trade('d', 'sell', 2, 20)])).toMatchObject({ cost: '0', realized_profit: '0.01' })
  })

  it('is flat without a rest of cost, however fine the last notional is', () => {
    const sold = { client_order_id: 'b', side: 'sell', avg_fill_price: 1, filled_volume: 1.5 } as const
    const rest = { ...sold, filled_volume: 3, avg_fill_price: '0.00000001' }
    const records = [trade('a', 'buy', 3, 1), tradeRecord(sold), tradeRecord(rest)]
    expect(amounts(records)).toMatchObject({ direction: 'flat', cost: '0', realized_profit: '-1.499999985' })
  })

  it('counts the smallest units of a currency, and those past 2^53', () => {
    const dust = [trade('a', 'buy', '0.00000003', '0.00000001'), trade('b', 'sell', '0.00000001', '0.00000002')]
    expect(amounts(dust)).toMatchObject({
      volume: '0.00000002',
      cost: '0.0000000000000002',
      realized_profit: '0.0000000000000001',
    })
    const wei = [trade('a', 'buy', '123456789012345678901234567890', '1.5')]
    expect(amounts(wei)).toMatchObject({
      volume: '123456789012345678901234567890',
      cost: '185185183518518518351851851835',
    })
  })

  it('has an unrealized profit at a mark, where there is one, and the margin of a given rate', () => {
    const state = foldOf([trade('a', 'buy', 2, 100), tradeRecord({ ...shortFill, instrument_id: 'cu' })])
    const mark = (name: string): string | undefined => (name === 'cu' ? '49.5' : undefined)
    expect(positionRows(state, { mark, marginRate: '0.25' })).toMatchObject([
      { instrument_id: 'ag2406', margin: '50' },
      { instrument_id: 'cu', margin: '12.5', unrealized_profit: '0.5' },
    ])
    expect(positionRows(state, { mark })[0]).not.toHaveProperty('unrealized_profit')
    expect(() => positionRows(state, { marginRate: -1 })).toThrow('marginRate: -1 is not allowed')
    expect(() => positionRows(state, { mark: () => 'high' })).toThrow('mark: high is not allowed')
  })
})

const shortFill: Partial<OrderEvent> = { status: 3, filled_volume: 1, avg_fill_price: 50, reason: 'short' }

describe('the side of a fill', () => {
  const directionOf = (...events: Partial<OrderEvent>[]): string =>
    onlyPosition(foldOf(events.map((event) => tradeRecord({ avg_fill_price: 10, ...event })))).direction

  it('is that of the event, else that which the order is known for, else short exactly for the reason "short"', () => {
    expect(directionOf({ filled_volume: 1 })).toBe('long')
    expect(directionOf({ filled_volume: 1, reason: 'short' })).toBe('short')
    expect(directionOf({ filled_volume: 1, reason: 'Short' })).toBe('long')
    expect(directionOf({ filled_volume: 1, reason: 'short', side: 'buy' })).toBe('long')
    expect(directionOf({ status: 1, filled_volume: 0, side: 'sell' }, { filled_volume: 1, reason: 'closing' })).toBe(
      'short',
    )
    const later = [
      { status: 1, filled_volume: 0 },
      { filled_volume: 1, avg_fill_price: 0, side: 'sell' },
    ] as const
    expect(directionOf(...later, { filled_volume: 2 })).toBe('short')
  })
})

describe('a fill counts once', () => {
  const first = { filled_volume: 1, total_volume: 2, avg_fill_price: 100, trade_id: 't1' }
  const second = { status: 3, filled_volume: 2, total_volume: 2, trade_id: 't2' } as const

  it('whether its order event or its trade event comes first', () => {
    // The trade's own price is 110; the order's average is then 105.
    const trades = [tradeRecord(first), tradeRecord({ ...second, avg_fill_price: 110 })] as const
    const orders = [orderRecord(first), orderRecord({ ...second, avg_fill_price: 105 })] as const
    const runs = [
      [trades[0], orders[0], trades[1], orders[1]],
      [orders[0], trades[0], orders[1], trades[1]],
      [trades[0], orders[0], orders[1], trades[1]],
      trades,
      orders,
    ]
    for (const records of runs) {
      const state = foldOf(records)
      expect(onlyPosition(state)).toMatchObject({ volume: '2', cost: '210', avg_price: '105' })
      expect([...orderRows(state)]).toMatchObject([{ filled_volume: '2', avg_fill_price: '105' }])
      expect(state.counts).toMatchObject({ stateRejected: 0, ledgerApplied: records.length })
    }
  })

  it('when events are repeated, with another time or none', () => {
    const again = tradeRecord({ ...first, ts_ns: 9n, trace_id: 'again' })
    const state = foldOf([tradeRecord(first), tradeRecord(first), again])
    expect(onlyPosition(state)).toMatchObject({ volume: '1', cost: '100' })
    expect(state.counts).toMatchObject({ events: 3, ledgerApplied: 3 })
  })

  it('when its event is refused: then not at all', () => {
    const state = foldOf([tradeRecord(first), tradeRecord({ ...second, filled_volume: 3, avg_fill_price: 1 })])
    expect(onlyPosition(state)).toMatchObject({ volume: '1', cost: '100' })
  })

  it('when the price comes later: then all that was filled meanwhile is made up for', () => {
    const unpriced = tradeRecord({ ...first, avg_fill_price: 0 })
    expect(positionRows(foldOf([unpriced]))).toEqual([])
    const average = orderRecord({ ...second, avg_fill_price: 105 })
    expect(onlyPosition(foldOf([unpriced, average]))).toMatchObject({ volume: '2', cost: '210' })
    const told = orderRecord({ ...first, avg_fill_price: '100.5' })
    expect(onlyPosition(foldOf([unpriced, told]))).toMatchObject({ volume: '1', cost: '100.5' })
  })

  it('on an order event that tells an average: what is booked of the order is always average times filled', () => {
    const averages = ['100', '100.33333333', '99.5', '101']
    const records = averages.map((price, index) =>
      orderRecord({ filled_volume: index + 1, avg_fill_price: price, side: 'sell' }),
    )
    const costs = ['-100', '-200.66666666', '-298.5', '-404']
    for (let count = 1; count <= averages.length; count++) {
      expect(onlyPosition(foldOf(records.slice(0, count))).cost).toBe(costs[count - 1])
    }
  })
})

describe('legacy events, without a total volume', () => {
  it('are accepted as partial fills, and the total stays unknown until an event tells it', () => {
    const legacy = [
      orderRecord({ status: 1, filled_volume: 0 }),
      orderRecord({ status: 2, filled_volume: 1, avg_fill_price: 10 }),
      orderRecord({ status: 2, filled_volume: 4, avg_fill_price: 10 }),
    ]
    const state = foldOf(legacy)
    expect(state.counts).toMatchObject({ events: 3, stateRejected: 0 })
    expect([...orderRows(state)]).toMatchObject([
      { status: 'partially_filled', total_volume: null, filled_volume: '4' },
    ])
    expect(onlyPosition(state)).toMatchObject({ volume: '4', cost: '40' })

    const known = foldOf([...legacy, orderRecord({ status: 3, filled_volume: 6, total_volume: 6, avg_fill_price: 11 })])
    expect([...orderRows(known)]).toMatchObject([{ status: 'filled', total_volume: '6', filled_volume: '6' }])
    const over = foldOf([...legacy, orderRecord({ status: 3, filled_volume: 6, total_volume: 5 })])
    expect(over.problems).toMatchObject([{ lsn: 4, reason: 'filled_exceeds_total' }])
  })

  it('may end in Filled without a total, and then change no more', () => {
    const state = foldOf([
      orderRecord({ filled_volume: 1 }),
      orderRecord({ status: 3, filled_volume: 2 }),
      orderRecord({ status: 2, filled_volume: 3 }),
    ])
    expect([...orderRows(state)]).toMatchObject([{ status: 'filled', filled_volume: '2' }])
    expect(state.problems).toEqual([{ lsn: 3, kind: 'state_rejected', reason: 'order_is_terminal' }])
  })
})
