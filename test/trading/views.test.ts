import { describe, expect, it } from 'vitest'
import { balanceRows, orderRows, positionRows, summaryOf, TradingState } from '../../src/trading/index.ts'
import { balanceRecord, foldOf, orderRecord, tradeRecord } from './helpers.ts'

describe('the views', () => {
  it('of an empty state are empty', () => {
    const state = new TradingState()
    expect([[...orderRows(state)], positionRows(state), balanceRows(state)]).toEqual([[], [], []])
    expect(summaryOf(state)).toMatchObject({ events: 0, active: 0, problems: [] })
  })

  it('sum up a replay under the names of its summary line, orders by status', () => {
    const state = foldOf([
      orderRecord({ client_order_id: 'n', status: 0 }),
      orderRecord({ client_order_id: 'a', status: 0 }),
      orderRecord({ client_order_id: 'a', status: 1 }),
      orderRecord({ client_order_id: 'p', account_id: 'a-2', filled_volume: 1 }),
      orderRecord({ client_order_id: 'f', status: 3 }),
      orderRecord({ client_order_id: 'c', status: 4 }),
      orderRecord({ client_order_id: 'c', status: 1 }),
      orderRecord({ client_order_id: 'r', status: 5 }),
      orderRecord({ client_order_id: 'x', ts_ns: 'x' }),
    ])
    expect(summaryOf(state)).toEqual({
      events: 8,
      ignored: 0,
      parse_errors: 1,
      state_rejected: 1,
      ledger_applied: 7,
      active: 3,
      orders_by_status: { new: 1, accepted: 1, partially_filled: 1, filled: 1, canceled: 1, rejected: 1 },
      splits: 0,
      problems: [
        { lsn: 7, kind: 'state_rejected', reason: 'order_is_terminal' },
        { lsn: 9, kind: 'parse_error', reason: expect.stringMatching(/^ts_ns: "x" is not allowed/) },
      ],
    })
  })

  it('are plain JSON, with every amount and time as text', () => {
    const state = foldOf([
      tradeRecord({
        filled_volume: '0.3',
        avg_fill_price: 0.1,
        total_volume: '2.50',
        side: 'buy',
        reason: 'r',
        ts_ns: 7n,
      }),
      balanceRecord({ set: '12.30' }),
    ])
    const view = { summary: summaryOf(state), orders: [...orderRows(state)], positions: positionRows(state) }
    expect(JSON.parse(JSON.stringify({ ...view, balances: balanceRows(state) }))).toEqual({
      summary: summaryOf(state),
      orders: [
        {
          account_id: 'a-1',
          instrument_id: 'ag2406',
          client_order_id: 'o-1',
          exchange_order_id: '',
          status: 'partially_filled',
          is_terminal: false,
          side: 'buy',
          total_volume: '2.5',
          filled_volume: '0.3',
          avg_fill_price: '0.1',
          reason: 'r',
          last_update_ts_ns: '7',
        },
      ],
      positions: [
        {
          account_id: 'a-1',
          instrument_id: 'ag2406',
          direction: 'long',
          volume: '0.3',
          avg_price: '0.1',
          cost: '0.03',
          margin: '0.003',
          realized_profit: '0',
        },
      ],
      balances: [{ account_id: 'a-1', currency: 'USD', amount: '12.3', last_update_ts_ns: '5' }],
    })
  })
})
