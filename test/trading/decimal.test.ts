import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  absolute,
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  negate,
  proportion,
  signOf,
  subtract,
} from '../../src/trading/decimal.ts'
import { parseDecimal } from '../../src/trading/parse-decimal.ts'
import { isSame, minus, over, plus, type Rational, rational, rounded, sign, times } from './rational.ts'

/** Texts of every size, with many that are close to where numbers end and bigints begin. */
const digits = fc.oneof(
  fc.integer({ min: -2000, max: 2000 }).map(BigInt),
  fc.maxSafeInteger().map(BigInt),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }),
)
const text = fc.tuple(digits, fc.integer({ min: 0, max: 20 })).map(([value, scale]) => {
  const padded = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const point = padded.length - scale
  return `${value < 0n ? '-' : ''}${padded.slice(0, point)}${scale === 0 ? '' : `.${padded.slice(point)}`}`
})

function read(source: string): Decimal {
  const value = parseDecimal(source)
  if (value === undefined) throw new Error(source)
  return value
}

const exact = (value: Decimal): Rational => rational(value.toString())

describe('arithmetic of decimals is exact', () => {
  it('adds, subtracts, multiplies, negates and compares as fractions of bigints do', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const [a, b] = [read(left), read(right)]
        const [x, y] = [rational(left), rational(right)]
        expect(isSame(exact(add(a, b)), plus(x, y))).toBe(true)
        expect(isSame(exact(subtract(a, b)), minus(x, y))).toBe(true)
        expect(isSame(exact(multiply(a, b)), times(x, y))).toBe(true)
        expect(compare(a, b)).toBe(sign(minus(x, y)))
        expect([signOf(a), signOf(negate(a)), signOf(absolute(a))]).toEqual([sign(x), 0 - sign(x), Math.abs(sign(x))])
      }),
      { numRuns: 2000 },
    )
  })

  it('divides exactly or half-even at the scale that is asked for', () => {
    const scale = fc.integer({ min: 0, max: 25 })
    fc.assert(
      fc.property(text, text, text, scale, (whole, part, total, decimals) => {
        fc.pre(sign(rational(total)) !== 0)
        const share = proportion(read(whole), read(part), read(total), decimals)
        const truth = over(times(rational(whole), rational(part)), rational(total))
        expect(isSame(exact(share), rounded(truth, decimals))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['1', '8', 2, '0.12'],
    ['3', '8', 2, '0.38'],
    ['-1', '8', 2, '-0.12'],
    ['-3', '8', 2, '-0.38'],
    ['1', '-2', 0, '0'],
    ['3', '-2', 0, '-2'],
    ['2', '3', 4, '0.6667'],
    ['9007199254740993', '2', 0, '4503599627370496'],
    ['9007199254740995', '2', 0, '4503599627370498'],
  ])('%s / %s at %i decimals is %s', (a, b, scale, result) => {
    expect(divide(read(a), read(b), scale).toString()).toBe(result)
  })

  it('keeps coefficients numbers while they are safe integers, and again when they have become so', () => {
    const large = add(read('9007199254740991'), read('1'))
    expect(large.coefficient).toBe(2n ** 53n)
    expect(subtract(large, read('1')).coefficient).toBe(Number.MAX_SAFE_INTEGER)
    expect(multiply(read('4505.5'), read('3')).coefficient).toBe(135165)
  })

  it('knows no negative zero', () => {
    for (const zero of [
      read('-0'),
      negate(read('0')),
      multiply(read('-1.5'), read('0')),
      subtract(read('1'), read('1')),
    ]) {
      expect(Object.is(zero.coefficient, 0)).toBe(true)
      expect(JSON.stringify(zero)).toBe('"0"')
    }
  })
})
