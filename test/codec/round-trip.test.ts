import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bigintCodec, codec, roundTrip } from './helpers.ts'

const text = fc.string({ unit: 'binary', maxLength: 40 })
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(-0, NaN, Infinity, -Infinity, 2 ** 53 + 2, Number.MAX_VALUE, Number.MIN_VALUE),
)
const bytes = fc.uint8Array({ maxLength: 300 })
const date = fc.date({ noInvalidDate: true })
const key = text.filter((candidate) => candidate !== '__proto__')
const leaves = [fc.constantFrom(null, true, false, '', '\u{feff}'), text, number, bytes, date]
const anyBigint = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })

function anyValueOf(...kinds: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      ...kinds,
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(key, tie('value'), { maxKeys: 20, noNullPrototype: true }),
    ),
  })).value
}

describe('a storable value comes back as it was', () => {
  it('for every kind, nested', () => {
    fc.assert(
      fc.property(anyValueOf(...leaves), (value) => {
        expect(roundTrip(value)).toStrictEqual(value)
      }),
      { numRuns: 2000 },
    )
  })

  it('with bigints, where numbers stay numbers', () => {
    fc.assert(
      fc.property(anyValueOf(...leaves, anyBigint), (value) => {
        expect(roundTrip(value, bigintCodec)).toStrictEqual(value)
      }),
      { numRuns: 1000 },
    )
  })

  it('when records of many shapes share one codec', () => {
    fc.assert(
      fc.property(fc.array(anyValueOf(...leaves), { minLength: 2, maxLength: 6 }), (values) => {
        const encoded = values.map((value) => codec.encode(value).slice())
        expect(encoded.map((one) => codec.decode(one))).toStrictEqual(values)
      }),
    )
  })

  it('for long texts, arrays, maps and bytes, which have wider headers', () => {
    for (const length of [31, 32, 255, 256, 65_535, 65_536]) {
      const value = {
        text: 'x'.repeat(length),
        wide: '日本😀'.repeat(length >> 2),
        bytes: new Uint8Array(length).fill(7),
        list: Array.from({ length }, (_, index) => index),
        map: Object.fromEntries(Array.from({ length }, (_, index) => [`k${index}`, index])),
      }
      expect(roundTrip(value)).toStrictEqual(value)
    }
  })

  it('at the greatest depth', () => {
    let value: unknown = { leaf: 1 }
    for (let level = 1; level < 100; level++) value = level % 2 === 0 ? { value } : [value]
    expect(roundTrip(value)).toStrictEqual(value)
  })

  it('when one object stands in it twice', () => {
    const shared = { price: 1 }
    expect(roundTrip([shared, shared, { shared }])).toStrictEqual([
      { price: 1 },
      { price: 1 },
      { shared: { price: 1 } },
    ])
  })
})

describe('dates keep their milliseconds', () => {
  it.each([0, 1, 999, -1, -999, -1000, 1_700_000_000_123, 2 ** 32 * 1000, 2 ** 34 * 1000, 8.64e15, -8.64e15])(
    '%d ms',
    (time) => {
      expect(roundTrip(new Date(time))).toStrictEqual(new Date(time))
    },
  )
})
