import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDecimal, restoredDecimal, storedDecimal } from '../../src/trading/parse-decimal.ts'
import { isSame, rational } from './rational.ts'

describe('a decimal from outside', () => {
  it.each([
    [7, '7'],
    [-0, '0'],
    [4505.5, '4505.5'],
    [0.1, '0.1'],
    [-12.0625, '-12.0625'],
    [1e-7, '0.0000001'],
    [1.5e-9, '0.0000000015'],
    [0.1 + 0.2, '0.30000000000000004'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [2n ** 70n, '1180591620717411303424'],
    ['0.00000001', '0.00000001'],
    ['4505.50', '4505.5'],
    ['007', '7'],
    ['-0.0', '0'],
    ['1e3', '1000'],
    ['1.25E-2', '0.0125'],
    ['123456789012345.6', '123456789012345.6'],
    ['1234567890123456', '1234567890123456'],
    ['9'.repeat(80), '9'.repeat(80)],
    [`0.${'0'.repeat(39)}1`, `0.${'0'.repeat(39)}1`],
  ])('%s is %s', (value, result) => {
    expect(parseDecimal(value)?.toString()).toBe(result)
  })

  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    -1e300,
    5e-324,
    '',
    ' 1',
    '1 ',
    '+1',
    '.5',
    '5.',
    '1.2.3',
    '1,5',
    '0x10',
    '1e',
    '1e5000',
    '1e80',
    '1e-41',
    'NaN',
    '١',
    '9'.repeat(81),
    '0'.repeat(100_000),
    10n ** 80n,
    `0.${'0'.repeat(40)}1`,
    null,
    undefined,
    true,
    [1],
    { coefficient: 1, scale: 0 },
    new Date(0),
  ])('%s is none', (value) => {
    expect(parseDecimal(value)).toBeUndefined()
  })

  it('counts a number as the text that JavaScript prints of it', () => {
    const number = fc.oneof(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.tuple(fc.integer(), fc.integer({ min: 1, max: 6 })).map(([value, scale]) => value / 10 ** scale),
    )
    fc.assert(
      fc.property(number, (value) => {
        fc.pre(value === 0 || Math.abs(value) > 1e-6)
        expect(isSame(rational(parseDecimal(value)!.toString()), rational(String(value)))).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('is stored alike however it was written, and comes back', () => {
    for (const [written, stored] of [
      ['1.50', '1.5'],
      ['3.0', 3],
      ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ['9007199254740993', '9007199254740993'],
      ['-2', -2],
    ] as const) {
      expect(storedDecimal(parseDecimal(written)!)).toBe(stored)
      expect(restoredDecimal(stored)?.toString()).toBe(String(stored))
    }
    for (const foreign of ['1.50', '3', 1.5, 1n, '1e3', 'x', null]) expect(restoredDecimal(foreign)).toBeUndefined()
  })
})
