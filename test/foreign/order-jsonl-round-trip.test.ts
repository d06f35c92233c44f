import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streamedDouble } from '../../src/foreign/order-jsonl/duplicate-keys.ts'
import { FIELD, FIELD_NAMES, markerOf } from '../../src/foreign/order-jsonl/fields.ts'
import { LineFields } from '../../src/foreign/order-jsonl/line-fields.ts'
import { LineSplitter } from '../../src/foreign/order-jsonl/line-splitter.ts'
import { findRaw } from '../../src/foreign/order-jsonl/text-search.ts'
import { linesOf, type WrittenOrder, writtenLine } from './order-jsonl-support.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '\\', '"', '\\"', '","status":9', '\\u0041', '{', '}', 'x\ny', '\u0000', '\ufeff', '中'),
)
const time = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const volume = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
// What is not 0 and below the smallest normal double is out of the reader's range.
const price = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => value === 0 || Math.abs(value) > 1e-307)
const order: fc.Arbitrary<WrittenOrder> = fc.record({
  seq: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  kind: fc.constantFrom('order' as const, 'trade' as const),
  exchange_ts_ns: time,
  recv_ts_ns: time,
  ts_ns: time,
  account_id: text,
  client_order_id: text,
  exchange_order_id: text,
  instrument_id: text,
  trade_id: text,
  event_source: text,
  status: fc.integer({ min: 0, max: 5 }),
  total_volume: volume,
  filled_volume: volume,
  avg_fill_price: price.map(streamedDouble),
  reason: text,
  trace_id: text,
})

/** Bytes in pieces cut at any places. */
const pieces = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 })

function* cut(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length]!
    // A buffer that is used again shows whoever keeps it.
    const piece = Uint8Array.from(bytes.subarray(at, at + length))
    yield piece
    piece.fill(0x22)
    at += length
  }
}

describe('events written as the gateway writes them', () => {
  it('are read back exactly, wherever the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(order, { maxLength: 8 }), pieces, async (orders, lengths) => {
        const lines = await linesOf(cut(Buffer.from(orders.map(writtenLine).join('')), lengths))
        const events = lines.map((line) => (line.is === 'event' ? line.entry.value : line))
        expect(events).toStrictEqual(
          orders.map((written) => ({ ...written, avg_fill_price: Number(written.avg_fill_price) })),
        )
        expect(lines.map((line) => [line.line, line.is === 'event' && line.entry.lsn])).toStrictEqual(
          orders.map((_, index) => [index + 1, index + 1]),
        )
        expect(lines.flatMap(({ warnings }) => warnings)).toStrictEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

const FIELDS: readonly number[] = Object.values(FIELD)

const part = fc.constantFrom(
  ...['{', '}', '[', ']', '"', ':', ',', '\\', ' ', '\t', '\0', '1', '-2', '3.5', 'abc', '"x"', '\\"'],
  ...[
    '"kind":',
    '"kind":"order"',
    '"status":',
    '"status":1',
    '"ts_ns":5',
    ',"filled_volume":',
    '"client_order_id":"o"',
  ],
  ...['"seq":', '"reason":"short"', '"avg_fill_price":', '"total_volume" :', '"schema_version":4'],
)
const good = fc.constantFrom('1', '"x"', ' -2.5 ', '""', 'abc', '"a\\\\\\"b,}"', '"\\\\\\\\"')
const nearlyRegular = fc
  .array(fc.tuple(fc.constantFrom(...FIELD_NAMES, 'other', 'a\\"b'), fc.oneof(good, good, good, part)), {
    maxLength: 6,
  })
  .map((fields) => `{${fields.map(([name, value]) => `"${name}":${value}`).join(',')}}`)

describe('the one pass over a regular line', () => {
  it('finds what the search by text finds', () => {
    const fields = new LineFields()
    let regular = 0
    const line = fc.oneof(
      nearlyRegular,
      fc.array(part, { maxLength: 30 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(line, (content) => {
        for (const raw of new LineSplitter(1000).push(Buffer.from(`${content}\n`, 'latin1'))) fields.load(raw)
        if (fields.isRegular) regular++
        const read = FIELDS.map((field) => [FIELD_NAMES[field], fields.raw(field), fields.has(field)])
        expect(read).toStrictEqual(
          FIELDS.map((field) => [FIELD_NAMES[field], findRaw(content, field), content.includes(markerOf(field))]),
        )
      }),
      { numRuns: 3000 },
    )
    expect(regular).toBeGreaterThan(300)
  })
})
