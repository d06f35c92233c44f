import { describe, expect, it } from 'vitest'
import { streamedDouble } from '../../src/foreign/order-jsonl/duplicate-keys.ts'
import { orderJsonlJson } from '../../src/foreign/order-jsonl/index.ts'
import { lineOf, replayOf } from './order-jsonl-support.ts'

describe('the order state machine', () => {
  const accepted = lineOf({ ts_ns: 1n, status: 1 })
  const partial = lineOf({ ts_ns: 2n, status: 2, filled_volume: 3, avg_fill_price: '5' })

  it.each([
    ['an empty id', lineOf({ client_order_id: '' }), ['the client order id is empty']],
    ['the same status and volume again', accepted + lineOf({ ts_ns: 9n, status: 1 }), []],
    ['the same again when it has ended', lineOf({ status: 4 }) + lineOf({ ts_ns: 9n, status: 4 }), []],
    ['an event behind the end', lineOf({ status: 4 }) + accepted, ['the order has ended with status 4']],
    ['a fall of the volume', partial + lineOf({ status: 2, filled_volume: 2 }), ['filled volume falls from 3 to 2']],
    ['more than the total', accepted + lineOf({ status: 2, filled_volume: 11 }), ['filled volume 11 is more than']],
    ['a step back', partial + lineOf({ status: 1, filled_volume: 3 }), ['status 1 does not follow 2']],
    ['rejected behind a fill', partial + lineOf({ status: 5, filled_volume: 3 }), ['status 5 does not follow 2']],
    ['new behind accepted', accepted + lineOf({ status: 0 }), ['status 0 does not follow 1']],
    ['filled with less', partial + lineOf({ status: 3, filled_volume: 9 }), ['filled with 9 of 10']],
    ['partly filled with all', partial + lineOf({ status: 2, filled_volume: 10 }), ['partially filled with 10 of 10']],
    ['canceled behind a fill', partial + lineOf({ status: 4, filled_volume: 3 }), []],
    ['a total of 0, which keeps the old one', partial + lineOf({ status: 3, filled_volume: 10, total_volume: 0 }), []],
    ['no total known at all', `${zeroTotal()}${lineOf({ status: 2, filled_volume: 7, total_volume: 0 })}`, []],
    [
      'a fill to the end without any total',
      `${zeroTotal()}${lineOf({ status: 3, filled_volume: 7, total_volume: 0 })}`,
      [],
    ],
    ['a first event that is wrong in itself', lineOf({ status: 2, filled_volume: 99 }), []],
  ])('meets %s', async (_, content, reasons) => {
    const { problems, events, state_rejected, ledger_applied } = await replayOf(content)
    expect(problems).toMatchObject(reasons.map((reason) => ({ reason: expect.stringContaining(reason) })))
    expect([state_rejected, ledger_applied]).toStrictEqual([reasons.length, events - reasons.length])
  })

  function zeroTotal(): string {
    return lineOf({ status: 1, total_volume: 0 })
  }

  it('takes the filled volume of a first event for its total where that gives none', async () => {
    const { orders } = await replayOf(lineOf({ status: 2, filled_volume: 4, total_volume: -2 }))
    expect(orders.get('o')).toMatchObject({ total_volume: 4, filled_volume: 4 })
  })

  it('keeps account and instrument where an event gives none', async () => {
    const { orders } = await replayOf(
      lineOf({ status: 0 }) + lineOf({ status: 1, account_id: '', instrument_id: '', ts_ns: 3n }),
    )
    expect(orders.get('o')).toMatchObject({ account_id: 'a1', instrument_id: 'i', last_update_ts_ns: '3' })
    const moved = await replayOf(lineOf({ status: 0 }) + lineOf({ account_id: 'a2', instrument_id: 'j' }))
    expect(moved.orders.get('o')).toMatchObject({ account_id: 'a2', instrument_id: 'j' })
  })

  it('keeps orders apart whose ids differ in bytes that are no UTF-8', async () => {
    const lines = lineOf({ client_order_id: 'x?' }) + lineOf({ client_order_id: 'x!', status: 4 })
    const { orders, warnings } = await replayOf(Buffer.from(lines.replace('?', '\xff').replace('!', '\xfe'), 'latin1'))
    expect([...orders].map(([id, { status }]) => [id, status])).toStrictEqual([
      ['x\udcfe', 4],
      ['x\udcff', 1],
    ])
    expect(warnings.map(({ code }) => code)).toStrictEqual(['not-utf8', 'not-utf8'])
  })

  it('holds ids that an object would not keep, in the order of their bytes', async () => {
    const ids = ['10', '9', '__proto__', 'constructor', '\u{10000}', '\uffff', 'é']
    const result = await replayOf(ids.map((id) => lineOf({ client_order_id: id })).join(''))
    const sorted = ['10', '9', '__proto__', 'constructor', 'é', '\uffff', '\u{10000}']
    expect([...result.orders.keys()]).toStrictEqual(sorted)
    const text = orderJsonlJson(result)
    expect([...text.matchAll(/"([^"]*)":\{"account/g)].map(([, id]) => id)).toStrictEqual(sorted)
    expect(Object.keys(JSON.parse(text).orders)).toContain('__proto__')
  })
})

describe('the position ledger', () => {
  const fill = (id: string, changes: Parameters<typeof lineOf>[0]): string =>
    lineOf({ client_order_id: id, status: 2, avg_fill_price: '5', ...changes })

  it('adds what an order was filled since its last priced event, at the price of this one', async () => {
    const { positions } = await replayOf(
      fill('a', { filled_volume: 1, avg_fill_price: '0' }) +
        fill('a', { filled_volume: 3, avg_fill_price: '10' }) +
        fill('a', { filled_volume: 4, avg_fill_price: '-1' }) +
        fill('a', { filled_volume: 5, avg_fill_price: '20', ts_ns: 9n }),
    )
    expect(positions).toMatchObject([{ volume: 5, avg_price: (10 * 3 + 20 * 2) / 5, margin: 14 * 5 * 0.1, ts_ns: '9' }])
  })

  it('is short for the reason "short" and nothing else, and keys by the event, not the order', async () => {
    const { positions } = await replayOf(
      fill('a', { filled_volume: 1, reason: 'short' }) +
        fill('a', { filled_volume: 3, reason: 'Short' }) +
        fill('a', { filled_volume: 4, account_id: 'a0' }) +
        fill('a', { filled_volume: 5, account_id: '', instrument_id: '' }),
    )
    expect(positions.map((p) => `${p.account_id} ${p.instrument_id} ${p.direction} ${p.volume}`)).toStrictEqual([
      '  long 1',
      'a0 i long 1',
      'a1 i long 2',
      'a1 i short 1',
    ])
  })

  it('wraps at 32 bits, and then leaves the average', async () => {
    const many = { filled_volume: 2 ** 31 - 1, total_volume: 0 }
    const { positions } = await replayOf(fill('a', many) + fill('b', { ...many, avg_fill_price: '7' }))
    expect(positions).toMatchObject([{ volume: -2, avg_price: 5, margin: -1 }])
  })

  it('takes a price that is no number for one, and says so in words', async () => {
    const result = await replayOf(
      fill('a', { filled_volume: 1, avg_fill_price: 'nan' }) +
        fill('b', { filled_volume: 1, avg_fill_price: 'inf', account_id: 'a2' }),
    )
    const { positions } = JSON.parse(orderJsonlJson(result))
    expect(positions).toMatchObject([{ avg_price: 'NaN', margin: 'NaN' }, { avg_price: 'Infinity' }])
  })

  it('takes events of two orders for the same where a bar makes their keys the same', async () => {
    const clash =
      fill('x', { status: 2, filled_volume: 3, ts_ns: 1n, trace_id: '7', reason: 'a|b' }) +
      fill('x|2', {
        status: 3,
        filled_volume: 5,
        avg_fill_price: '1',
        ts_ns: 7n,
        trace_id: 'a',
        reason: 'b',
        total_volume: 5,
      })
    expect(clash).toContain('"avg_fill_price":5')
    const { positions, ledger_applied } = await replayOf(clash)
    expect([ledger_applied, positions.map(({ volume }) => volume)]).toStrictEqual([2, [3]])
  })
})

describe('a double as the gateway writes it', () => {
  it.each([
    [4500, '4500'],
    [97.75, '97.75'],
    [123456.789, '123457'],
    [100.0625, '100.062'],
    [100.1875, '100.188'],
    [1234565, '1.23456e+06'],
    [1234575, '1.23458e+06'],
    [999999.5, '1e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [-1e100, '-1e+100'],
    [0, '0'],
    [-0, '-0'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%d', (value, text) => expect(streamedDouble(value)).toBe(text))
})

describe('old lines, without a total volume', () => {
  const old = (status: number, filled: number): string =>
    lineOf({ status, filled_volume: filled, avg_fill_price: '5' }).replace('"total_volume":10,', '')

  it('are refused as partial fills, as the gateway refused them', async () => {
    const { state_rejected, orders } = await replayOf(old(1, 0) + old(2, 1) + old(2, 2) + old(3, 4))
    expect(state_rejected).toBe(2)
    expect(orders.get('o')).toMatchObject({ status: 3, total_volume: 4 })
  })

  it('are taken in with legacyTotals', async () => {
    const options = { legacyTotals: true }
    const { orders, positions, isClean } = await replayOf(old(1, 0) + old(2, 1) + old(2, 2), options)
    expect(orders.get('o')).toMatchObject({ status: 2, total_volume: 0, filled_volume: 2 })
    expect([positions[0]?.volume, isClean]).toStrictEqual([2, true])
    const ended = await replayOf(old(2, 1) + old(2, 2) + old(3, 4), options)
    expect(ended.orders.get('o')).toMatchObject({ status: 3, total_volume: 4, filled_volume: 4 })
  })

  it('are held against a total that another line told', async () => {
    const told = lineOf({ total_volume: 4 })
    const { problems } = await replayOf(told + old(2, 4) + old(3, 3) + old(2, 5), { legacyTotals: true })
    expect(problems.map(({ reason }) => reason)).toStrictEqual([
      'partially filled with 4 of 4',
      'filled with 3 of 4',
      'filled volume 5 is more than the total of 4',
    ])
  })

  it('are not those whose total can not be read', async () => {
    const torn = lineOf({ status: 2, filled_volume: 1 }).replace('"total_volume":10', '"total_volume":abc')
    expect(await replayOf(lineOf({}) + torn, { legacyTotals: true })).toMatchObject({ state_rejected: 1 })
  })
})
