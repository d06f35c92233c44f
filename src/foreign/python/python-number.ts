/** Numbers as Python reads and writes them. */
import { stripNumber } from './python-text.ts'

const INTEGER = /^[+-]?\d+(?:_\d+)*$/
const FLOAT = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/
const WORD = /^([+-]?)(inf|infinity|nan)$/i

/** Python refuses to read more digits, as the time for that grows with their square. */
const DIGITS_MAX = 4300

/** `int(text)`; undefined where that raises. */
export function readInt(text: string): bigint | undefined {
  const plain = asciiDigits(stripNumber(text))
  if (!INTEGER.test(plain)) return undefined
  const digits = plain.replace(/[+_-]/g, '')
  if (digits.length > DIGITS_MAX) return undefined
  return plain.startsWith('-') ? -BigInt(digits) : BigInt(digits)
}

/** `float(text)`; undefined where that raises. Digits may be those of any script, and may have underscores between them. */
export function readFloat(text: string): number | undefined {
  const plain = asciiDigits(stripNumber(text))
  const [, sign, word] = WORD.exec(plain) ?? []
  if (word !== undefined) {
    const value = word.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY
    return sign === '-' ? -value : value
  }
  return FLOAT.test(plain) ? Number(plain.replaceAll('_', '')) : undefined
}

/** `repr(value)` of a float: 10.0, 1e+16, 1e-05, inf, nan. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0.0'
  const [mantissa = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  // Between 1e-6 and 1e21 JavaScript writes no exponent either; 1e-5 is below Python's bound already.
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** Decimal digits of other scripts as those of ASCII. */
export function asciiDigits(text: string): string {
  const known = new Map<string, string>()
  return text.replace(/\P{ASCII}/gu, (character) => {
    const digit = known.get(character) ?? asciiDigit(character)
    known.set(character, digit)
    return digit
  })
}

/** In Unicode, digits stand in rows of ten, and each row begins with its zero. */
function asciiDigit(character: string): string {
  const code = character.codePointAt(0)!
  if (!isDigit(code)) return character
  let row = code
  while (isDigit(row - 1)) row--
  return String((code - row) % 10)
}

function isDigit(code: number): boolean {
  return /^\p{Nd}$/u.test(String.fromCodePoint(code))
}
