/** Texts and numbers are what Python makes of them; the wanted values are its own. */
import { describe, expect, it } from 'vitest'
import {
  addDecimals,
  compareDecimals,
  decimalOf,
  decimalText,
  negative,
} from '../../src/foreign/python/python-decimal.ts'
import { floatText, readFloat, readInt } from '../../src/foreign/python/python-number.ts'
import { pathText, quoted, splitLines, strip } from '../../src/foreign/python/python-text.ts'
import { decodeUtf8 } from '../../src/foreign/python/python-utf8.ts'
import { caseJson } from './cases-path.ts'

type Pair = readonly [string, string | null]

interface Golden {
  readonly int: readonly Pair[]
  readonly float: readonly Pair[]
  /** Bytes of a double, `repr` of it, and `str(Decimal(str(…)))`. */
  readonly text: readonly (readonly [string, string, string])[]
  /** Bytes of three doubles a, b, c, and a + b - c as decimals. */
  readonly sum: readonly (readonly [string, string])[]
  readonly utf8: readonly Pair[]
  readonly lines: readonly (readonly [string, readonly string[]])[]
  readonly strip: readonly Pair[]
  readonly path: readonly Pair[]
}

const golden = caseJson<Golden>('python.json')

function doubles(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64')
  return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8))
}

describe('numbers', () => {
  it.each(golden.int)('int(%j)', (text, wanted) => {
    expect(readInt(text)?.toString() ?? null).toBe(wanted)
  })

  it.each(golden.float)('float(%j)', (text, wanted) => {
    const value = readFloat(text)
    expect(value === undefined ? null : floatText(value)).toBe(wanted)
  })

  it('are refused with more digits than Python reads', () => {
    expect(readInt('9'.repeat(4300))).toBe(10n ** 4300n - 1n)
    expect(readInt('9'.repeat(4301))).toBeUndefined()
  })

  it('are written as floats and decimals', () => {
    expect(golden.text.length).toBeGreaterThan(400)
    for (const [bytes, float, decimal] of golden.text) {
      const [value] = doubles(bytes)
      expect([floatText(value!), decimalText(decimalOf(value!))]).toEqual([float, decimal])
    }
    expect([-0, Number.NaN, Number.NEGATIVE_INFINITY].map(floatText)).toEqual(['-0.0', 'nan', '-inf'])
  })

  it('are added as decimals of 28 digits', () => {
    expect(golden.sum.length).toBeGreaterThan(100)
    for (const [bytes, wanted] of golden.sum) {
      const [a, b, c] = doubles(bytes).map(decimalOf)
      expect(decimalText(addDecimals(addDecimals(a!, b!), negative(c!)))).toBe(wanted)
    }
    expect(compareDecimals(decimalOf(0.1), decimalOf(1e-300))).toBe(1)
    expect(compareDecimals(decimalOf(1), { coefficient: 10n, exponent: -1 })).toBe(0)
  })
})

describe('texts', () => {
  it.each(golden.utf8)('of the bytes %s', (hex, fault) => {
    const decoded = decodeUtf8(Buffer.from(hex, 'hex'))
    expect('fault' in decoded ? decoded.fault : null).toBe(fault)
  })

  it.each(golden.lines)('%j in lines', (text, lines) => {
    expect(splitLines(text)).toEqual(lines)
  })

  it.each(golden.strip)('%j without white space around it', (text, wanted) => {
    expect(strip(text)).toBe(wanted)
  })

  it.each(golden.path)('%j as a path', (path, wanted) => {
    expect(pathText(path)).toBe(wanted)
  })

  it('in quotes', () => {
    expect([quoted('a'), quoted("it's"), quoted('\'"'), quoted('a\\\n')]).toEqual([
      "'a'",
      '"it\'s"',
      "'\\'\"'",
      "'a\\\\\\n'",
    ])
  })
})
