/** Events read straight from their bytes: the same facts and faults as by way of the decoded value, whatever the bytes are. */
import { describe, expect, it } from 'vitest'
import { type Codec, createCodec } from '../../src/codec/index.ts'
import { RingwalError } from '../../src/errors.ts'
import { Book } from '../../src/trading/book.ts'
import { DecodedFacts } from '../../src/trading/decoded-facts.ts'
import { Fault } from '../../src/trading/event-fields.ts'
import { ORDER_EVENT, TradingState } from '../../src/trading/index.ts'
import { KnownLayouts } from '../../src/trading/known-layouts.ts'
import { OrderDecoder } from '../../src/trading/order-decoder.ts'
import { type OrderFacts, parseOrderEvent } from '../../src/trading/order-event.ts'
import { timeOf } from '../../src/trading/time-halves.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { order } from './helpers.ts'
import { payloadOf, someKeys } from './payload-maker.ts'

const CODECS = [true, false].map((useBigInt64) => createCodec({ useBigInt64 }))
/** A layout has a decoder of its own after as many events. */
const LEARNING = 16

/** Comparable: what was found, to the last bit. */
function told(read: () => OrderFacts | Fault): unknown {
  try {
    const found = read()
    if (found instanceof Fault) return found.message
    const { account, instrument, orderId, exchangeOrderId, status, total, filled, price, side, reason } = found
    const numbers = [total, filled, price].map(({ coefficient, scale }) => [coefficient, scale])
    const time = timeOf(found.timeHigh, found.timeLow)
    return [account, instrument, orderId.text, exchangeOrderId, status, numbers, side, reason, time]
  } catch (error) {
    if (!(error instanceof RingwalError)) throw error
    return [error.code, error.facts]
  }
}

/** Decodes a payload in the middle of other bytes. */
function decode(decoder: OrderDecoder, codec: Codec | undefined, payload: Uint8Array, before = 5): OrderFacts | Fault {
  const bytes = new Uint8Array(before + payload.length + 9).fill(0xa1)
  bytes.set(payload, before)
  return decoder.decodePayload({}, codec, bytes, new DataView(bytes.buffer), before, before + payload.length)
}

describe.each([
  ['compiled', true],
  ['walked, where code must not be made of strings', false],
])('an event by its layout, %s', (_, compile) => {
  it('is what its decoded value is, for all that MessagePack can hold', () => {
    let [facts, straight, faults, refused] = [0, 0, 0, 0]
    for (let seed = 1; seed <= 60; seed++) {
      const random = new SeededRandom(seed)
      const decoder = new OrderDecoder(new KnownLayouts(compile))
      const layouts = Array.from({ length: random.between(1, 4) }, () => someKeys(random))
      for (let i = 0; i < 150; i++) {
        const payload = payloadOf(random.pick(layouts), random, i < 50 ? 0 : 0.06)
        if (i > 80 && random.chance(0.3)) payload[random.below(payload.length)] = random.below(256)
        const cut = i > 80 && random.chance(0.1) ? payload.subarray(0, random.below(payload.length)) : payload
        const codec = random.pick(CODECS)
        const expected = told(() => parseOrderEvent(codec.decode(cut)))
        const label = `seed ${seed}, event ${i}: ${Buffer.from(cut).toString('hex')}`
        let found: OrderFacts | Fault | undefined
        expect(
          told(() => (found = decode(decoder, codec, cut, random.below(9)))),
          label,
        ).toEqual(expected)
        if (found instanceof DecodedFacts) straight++
        else if (found === undefined) refused++
        else if (found instanceof Fault) faults++
        else facts++
      }
    }
    expect(Math.min(facts, straight, faults, refused)).toBeGreaterThan(500)
  })

  it.each([
    ['bigints', true, order({ seq: 7n, exchange_ts_ns: 1n, recv_ts_ns: 2n })],
    ['texts', false, order({ ts_ns: '1700000000123456789', filled_volume: '2', avg_fill_price: '4505.5' })],
    ['numbers', false, order({ ts_ns: 1.7e12, total_volume: 300, filled_volume: 70_000, avg_fill_price: 4505.25 })],
    ['nulls', true, { ...order(), side: null, reason: null, total_volume: null, seq: null, trade_id: null }],
    ['unknown fields', true, { ...order(), strategy: 'x', attempt: 1, weight: 0.5, live: true, note: null }],
    ['letters', true, order({ account_id: '螺纹钢', client_order_id: 'ö'.repeat(300), reason: 'ünï', side: 'sell' })],
  ] as const)('with %s is read without decoding its value', (_, useBigInt64, event) => {
    const codec = createCodec({ useBigInt64 })
    const payload = codec.encode(event).slice()
    const decoder = new OrderDecoder(new KnownLayouts(compile))
    for (let i = 0; i < LEARNING; i++) decode(decoder, codec, payload)
    const unable = { ...codec, decode: (): never => expect.fail('the value was decoded') }
    expect(told(() => decode(decoder, unable, payload))).toEqual(told(() => parseOrderEvent(event)))
  })
})

describe('a decoder', () => {
  it('takes the value of an entry that has no payload', () => {
    const value = order()
    expect(new OrderDecoder().decodeEntry({ lsn: 1, type: ORDER_EVENT, value })).toEqual(parseOrderEvent(value))
  })

  it('finds no event in bytes that are no MessagePack', () => {
    const found = decode(new OrderDecoder(), undefined, new Uint8Array(8))
    expect(told(() => found)).toMatch(/^event: an object is not allowed/)
  })

  it('keeps a bounded number of layouts, and reads on past it', () => {
    const codec = CODECS[0]!
    const decoder = new OrderDecoder(new KnownLayouts(false))
    for (let i = 0; i < 600; i++) {
      const event = { ...order({ filled_volume: i }), [`field${i}`]: i }
      for (let again = 0; again < 2; again++) decode(decoder, codec, codec.encode(event).slice())
    }
    const event = { zzz: 1, ...order({ filled_volume: 9 }) }
    for (let i = 0; i < 2 * LEARNING; i++) {
      const found = decode(decoder, codec, codec.encode(event).slice())
      expect(told(() => found)).toEqual(told(() => parseOrderEvent(event)))
    }
  })
})

describe('an order id that comes again', () => {
  it('names another order in another book, and in another state', () => {
    const codec = CODECS[0]!
    const apply = (state: TradingState, lsn: number, event: object): void => {
      const bytes = codec.encode(event).slice()
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      const value = undefined
      const entry = { lsn, type: ORDER_EVENT, key: 5, value }
      state.apply({ ...entry, as: (decoder) => decoder.decodePayload(entry, codec, bytes, view, 0, bytes.length) })
    }
    const [one, other] = [new TradingState(), new TradingState()]
    for (let lsn = 1; lsn <= 60; lsn++) {
      apply(one, lsn, order({ instrument_id: lsn % 2 === 0 ? 'cu' : 'ag', total_volume: 100, filled_volume: lsn }))
      apply(other, lsn, order({ instrument_id: 'ag', total_volume: 100, filled_volume: lsn / 2 }))
    }
    const filledOf = (state: TradingState, instrument: string): string | undefined =>
      state.books.get('a-1', instrument, 5)?.orders.get('o-1')?.filled.toString()
    expect([filledOf(one, 'ag'), filledOf(one, 'cu'), filledOf(other, 'ag')]).toEqual(['59', '60', '30'])
    expect(one.books.get('a-1', 'ag', 5)).toBeInstanceOf(Book)
  })
})
