import { describe, expect, it } from 'vitest'
import { RingwalError } from '../../src/errors.ts'
import { balanceEvent, keyOf, orderEvent, routingKey, tradeEvent } from '../../src/trading/index.ts'
import { order } from './helpers.ts'

function errorOf(work: () => unknown): RingwalError & { field?: string; value?: string; allowed?: string } {
  try {
    work()
  } catch (error) {
    if (error instanceof RingwalError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('an order event', () => {
  it('comes back as it is, with the least fields and with all', () => {
    const least = order()
    const all = order({
      seq: 2n ** 64n - 1n,
      exchange_ts_ns: '1700000000123456789',
      recv_ts_ns: 0,
      ts_ns: -(2n ** 63n),
      exchange_order_id: '',
      trade_id: 't',
      event_source: 'gateway',
      total_volume: '0.00000003',
      filled_volume: 0.00000001,
      avg_fill_price: 4505.5,
      reason: 'ünï',
      trace_id: '',
      side: 'sell',
    })
    expect(orderEvent(least)).toBe(least)
    expect(tradeEvent(all)).toBe(all)
  })

  it('may have null where a field may be left out, and fields that nobody knows', () => {
    const event = { ...order(), total_volume: null, side: null, reason: null, seq: null, strategy_id: 'x', offset: {} }
    expect(orderEvent(event)).toBe(event)
  })

  it.each<[string, unknown]>([
    ['account_id', undefined],
    ['account_id', 5],
    ['instrument_id', null],
    ['client_order_id', undefined],
    ['client_order_id', 'x'.repeat(4097)],
    ['client_order_id', '\ud800'],
    ['status', undefined],
    ['status', 6],
    ['status', -1],
    ['status', 1.5],
    ['status', '1'],
    ['filled_volume', undefined],
    ['filled_volume', null],
    ['filled_volume', -1],
    ['filled_volume', 'many'],
    ['filled_volume', Number.NaN],
    ['total_volume', '-0.1'],
    ['total_volume', 2 ** 60],
    ['avg_fill_price', -4505],
    ['avg_fill_price', {}],
    ['ts_ns', undefined],
    ['ts_ns', 1.5],
    ['ts_ns', 2 ** 60],
    ['ts_ns', 2n ** 63n],
    ['ts_ns', '99999999999999999999'],
    ['ts_ns', '1e9'],
    ['exchange_ts_ns', new Date()],
    ['recv_ts_ns', -(2n ** 63n) - 1n],
    ['seq', -1],
    ['seq', 2n ** 64n],
    ['side', 'short'],
    ['reason', 7],
    ['exchange_order_id', false],
    ['trade_id', '\udc00'],
    ['trace_id', []],
    ['event_source', 1n],
  ])('whose %s is %s is refused by name', (field, value) => {
    const error = errorOf(() => orderEvent({ ...order(), [field]: value }))
    expect(error.code).toBe('ERR_RINGWAL_INPUT')
    expect(error.field).toBe(field)
    expect(error.message).toBe(`${field}: ${error.value} is not allowed; allowed: ${error.allowed}`)
    expect(error.message.length).toBeLessThan(300)
  })

  it.each([null, undefined, 'order', 5, 5n, [], new Uint8Array(3), () => 1])('is no %s', (value) => {
    expect(errorOf(() => orderEvent(value)).field).toBe('event')
  })

  it('shows a long value cut, on one line', () => {
    const error = errorOf(() => orderEvent(order({ side: `buy\n${'y'.repeat(500)}` as 'buy' })))
    expect(error.value).toBe(`"buy\\n${'y'.repeat(56)}…"`)
  })
})

describe('a balance event', () => {
  const fields = { account_id: 'a', currency: 'USD', ts_ns: 1n }

  it('sets or adds, either sign', () => {
    for (const event of [
      { ...fields, set: '100.25' },
      { ...fields, add: -3 },
      { ...fields, add: 2n ** 80n, set: null },
    ]) {
      expect(balanceEvent(event)).toBe(event)
    }
  })

  it.each<[string, object]>([
    ['set', {}],
    ['set', { set: 1, add: 1 }],
    ['set', { set: 'x' }],
    ['add', { add: Number.POSITIVE_INFINITY }],
    ['currency', { set: 1, currency: '' }],
    ['currency', { set: 1, currency: 5 }],
    ['account_id', { set: 1, account_id: null }],
    ['ts_ns', { set: 1, ts_ns: 'now' }],
    ['seq', { set: 1, seq: 1.5 }],
    ['reason', { set: 1, reason: 1 }],
    ['trace_id', { set: 1, trace_id: 1 }],
  ])('with a bad %s is refused by name: %o', (field, change) => {
    expect(errorOf(() => balanceEvent({ ...fields, ...change })).field).toBe(field)
  })
})

describe('the routing key', () => {
  const fnv = (text: string): number =>
    [...new TextEncoder().encode(text)].reduce((hash, byte) => Math.imul(hash ^ byte, 16777619) >>> 0, 2166136261)

  it('is FNV-1a over account, a zero byte and the name, in UTF-8', () => {
    for (const [account, name] of [
      ['a1', 'SHFE.ag2406'],
      ['', ''],
      ['konto-ü', '銀'],
      ['a', '\u{1f600}'],
    ] as const) {
      expect(routingKey(account, name)).toBe(fnv(`${account}\0${name}`))
    }
  })

  it('depends on account and instrument, or account and currency, alone', () => {
    const key = keyOf(order())
    expect(keyOf(order({ client_order_id: 'other', status: 4, ts_ns: 0n }))).toBe(key)
    expect(keyOf(order({ account_id: 'a-2' }))).not.toBe(key)
    expect(keyOf(order({ account_id: 'a-', instrument_id: '1ag2406' }))).not.toBe(key)
    expect(keyOf({ account_id: 'a-1', currency: 'ag2406', ts_ns: 1, set: 1 })).toBe(key)
  })

  it('is never 0, which stands for no key', () => {
    // A pair whose hash is 0, found by search.
    expect(fnv('a\0agb156j')).toBe(0)
    expect(routingKey('a', 'agb156j')).toBe(1)
  })
})
