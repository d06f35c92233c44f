import { describe, expect, it } from 'vitest'
import { RingwalError } from '../../src/errors.ts'
import {
  BALANCE_EVENT,
  balanceRows,
  keyOf,
  ORDER_EVENT,
  type Outcome,
  orderRows,
  positionRows,
  snapshotOf,
  TRADE_EVENT,
  type TradingEntry,
  TradingState,
} from '../../src/trading/index.ts'
import { balanceRecord, entriesOf, foldOf, order, orderRecord, tradeRecord } from './helpers.ts'

const KEY = keyOf(order())

function stateOf(...entries: Partial<TradingEntry>[]): TradingState {
  const state = new TradingState()
  for (const [index, entry] of entries.entries()) {
    state.apply({ lsn: index + 1, type: ORDER_EVENT, key: KEY, value: order(), ...entry })
  }
  return state
}

describe('the trading state counts', () => {
  it('events, what is ignored, parse errors, what the state machine refuses, and what the ledger was given', () => {
    const { counts } = stateOf(
      { value: order({ status: 1 }) },
      { type: 99, value: { anything: true } },
      { type: TRADE_EVENT, value: order({ filled_volume: 1, avg_fill_price: 3 }) },
      { value: { ...order(), status: 'filled' } },
      { value: order({ status: 1 }) },
      { value: order({ client_order_id: '' }) },
    )
    expect(counts).toEqual({ events: 4, ignored: 1, parseErrors: 1, stateRejected: 2, ledgerApplied: 2 })
  })

  it('a record that holds no event, with its LSN and the field, and goes on', () => {
    const state = stateOf({ value: null }, { value: new Uint8Array(8) }, { value: order({ filled_volume: -1 }) }, {})
    expect(state.counts).toMatchObject({ events: 1, parseErrors: 3 })
    expect(state.problems).toMatchObject([
      { lsn: 1, kind: 'parse_error', reason: expect.stringMatching(/^event: null is not allowed/) },
      { lsn: 2, kind: 'parse_error', reason: expect.stringMatching(/^event: an object is not allowed/) },
      { lsn: 3, kind: 'parse_error', reason: expect.stringMatching(/^filled_volume: -1 is not allowed/) },
    ])
  })

  it('a payload that can not be decoded as a parse error, and lets other failures through', () => {
    const state = new TradingState()
    const apply = (error: Error): Outcome =>
      state.apply({
        lsn: 7,
        type: ORDER_EVENT,
        key: KEY,
        get value(): unknown {
          throw error
        },
      })
    expect(apply(new RingwalError('ERR_RINGWAL_INPUT', 'LSN 7: no', { reason: 'cut short' })).outcome).toBe('invalid')
    expect(state.problems).toMatchObject([
      { lsn: 7, reason: 'payload: "cut short" is not allowed; allowed: one value in MessagePack' },
    ])
    expect(() => apply(new RingwalError('ERR_RINGWAL_IO', 'EIO'))).toThrow('EIO')
  })

  it('keeps the first ten of what was not taken', () => {
    const state = stateOf(...Array.from({ length: 15 }, () => ({ value: 0 })))
    expect(state.counts.parseErrors).toBe(15)
    expect(state.problems.map(({ lsn }) => lsn)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})

describe('records under different keys', () => {
  it('are kept apart, and told as split', () => {
    const fill = order({ filled_volume: 1, avg_fill_price: 10 })
    const balance = { account_id: 'a-1', currency: 'USD', ts_ns: 1n, add: 5 }
    const state = stateOf(
      { value: fill },
      { key: 0, value: fill },
      { value: order({ filled_volume: 2, avg_fill_price: 10 }) },
      { key: 0, value: order({ status: 4, filled_volume: 1 }) },
      { type: BALANCE_EVENT, key: 7, value: balance },
      { type: BALANCE_EVENT, key: 0, value: balance },
      { type: BALANCE_EVENT, key: 7, value: balance },
    )
    expect(state.splits).toBe(2)
    expect([...orderRows(state)].map(({ status }) => status)).toEqual(['canceled', 'partially_filled'])
    expect(positionRows(state).map(({ volume }) => volume)).toEqual(['1', '2'])
    expect(balanceRows(state).map(({ amount }) => amount)).toEqual(['5', '10'])
  })

  it('do as well as the right ones if they are the same throughout', () => {
    const events = [order({ status: 1, total_volume: 2 }), order({ filled_volume: 1, avg_fill_price: 10 })]
    const [right, without] = [KEY, 0].map((key) => stateOf(...events.map((value) => ({ key, value }))))
    expect([...orderRows(without!)]).toEqual([...orderRows(right!)])
    expect([positionRows(without!), without!.splits]).toEqual([positionRows(right!), 0])
  })
})

describe('orders', () => {
  it('are told apart by account, instrument and client order id', () => {
    const state = foldOf([
      orderRecord({ status: 4 }),
      orderRecord({ status: 1, account_id: 'a-2' }),
      orderRecord({ status: 1, instrument_id: 'cu2406' }),
      orderRecord({ status: 1, client_order_id: 'o-2' }),
    ])
    expect(
      [...orderRows(state)].map(({ account_id, instrument_id, client_order_id, status }) => {
        return [account_id, instrument_id, client_order_id, status].join(' ')
      }),
    ).toEqual([
      'a-1 ag2406 o-1 canceled',
      'a-1 ag2406 o-2 accepted',
      'a-1 cu2406 o-1 accepted',
      'a-2 ag2406 o-1 accepted',
    ])
  })

  it('keep what their last accepted event told: times to the nanosecond, the exchange id, the reason', () => {
    const first = orderRecord({ status: 1, exchange_order_id: 'ex-9', total_volume: 5, ts_ns: 9223372036854775806n })
    const partial = orderRecord({ filled_volume: 1, reason: 'first fill', ts_ns: '9223372036854775807' })
    const [row] = orderRows(foldOf([first, partial, orderRecord({ filled_volume: 0, ts_ns: 1n, reason: 'refused' })]))
    expect(row).toMatchObject({
      exchange_order_id: 'ex-9',
      total_volume: '5',
      reason: 'first fill',
      last_update_ts_ns: '9223372036854775807',
    })
    const repeated = orderRows(foldOf([first, orderRecord({ status: 1, ts_ns: 1n })]))
    expect([...repeated][0]?.last_update_ts_ns).toBe('9223372036854775806')
  })
})

describe('balances', () => {
  it('are set and added to, exactly, per account and currency', () => {
    const state = foldOf([
      balanceRecord({ add: '0.1' }),
      balanceRecord({ add: 0.2, ts_ns: 8n }),
      balanceRecord({ account_id: 'a-0', set: 7 }),
      balanceRecord({ currency: 'BTC', set: '21000000.00000001' }),
      balanceRecord({ currency: 'BTC', add: '-21000000' }),
    ])
    expect(balanceRows(state)).toEqual([
      { account_id: 'a-0', currency: 'USD', amount: '7', last_update_ts_ns: '5' },
      { account_id: 'a-1', currency: 'BTC', amount: '0.00000001', last_update_ts_ns: '5' },
      { account_id: 'a-1', currency: 'USD', amount: '0.3', last_update_ts_ns: '8' },
    ])
    expect(state.counts).toMatchObject({ events: 5, ledgerApplied: 5 })
  })
})

describe('asking before appending', () => {
  it('gives the outcome that taking the event gives, and changes nothing', () => {
    const asked = new TradingState()
    const records = [
      orderRecord({ status: 1, total_volume: 2 }),
      orderRecord({ filled_volume: 2 }),
      orderRecord({ status: 3, filled_volume: 2, total_volume: 2 }),
      tradeRecord({ status: 3, filled_volume: 2, avg_fill_price: 10 }),
      orderRecord({ status: 4 }),
      orderRecord({ client_order_id: '' }),
      orderRecord({ ts_ns: 1.5 }),
      balanceRecord({ set: 1 }),
      balanceRecord({}),
    ]
    const outcomes = entriesOf(records).map((entry) => {
      const before = snapshotOf(asked)
      const answer = asked.check(entry)
      expect(snapshotOf(asked)).toEqual(before)
      expect(asked.apply(entry)).toEqual(answer)
      return answer.outcome
    })
    expect(outcomes).toEqual([
      'accepted',
      'rejected',
      'accepted',
      'unchanged',
      'rejected',
      'rejected',
      'invalid',
      'accepted',
      'invalid',
    ])
    expect(asked.check({ type: 99, key: 0, value: {} })).toEqual({ outcome: 'ignored' })
    expect(positionRows(asked)).toMatchObject([{ volume: '2', cost: '20' }])
  })
})
