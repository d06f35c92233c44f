/** Python's `decimal.Decimal` as far as the checks of other systems use it: of floats, in the default context. */
import { floatText } from './python-number.ts'

/** coefficient · 10^exponent, with the zeros at its end that it was written with. */
export interface PyDecimal {
  readonly coefficient: bigint
  readonly exponent: number
}

/** Significant digits of a result in the default context. */
const PRECISION = 28

/** `Decimal(str(value))` of a finite float. */
export function decimalOf(value: number): PyDecimal {
  const [mantissa = '', power = '0'] = floatText(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { coefficient: BigInt(whole + fraction), exponent: Number(power) - fraction.length }
}

/** `str(value)` */
export function decimalText({ coefficient, exponent }: PyDecimal): string {
  const sign = coefficient < 0n ? '-' : ''
  const digits = String(coefficient < 0n ? -coefficient : coefficient)
  const adjusted = exponent + digits.length - 1
  if (exponent > 0 || adjusted < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0]}${fraction}E${adjusted < 0 ? '-' : '+'}${Math.abs(adjusted)}`
  }
  if (exponent === 0) return sign + digits
  const padded = digits.padStart(1 - exponent, '0')
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

/** a + b, rounded half-even to 28 digits. */
export function addDecimals(a: PyDecimal, b: PyDecimal): PyDecimal {
  const exponent = Math.min(a.exponent, b.exponent)
  return rounded({ coefficient: widened(a, exponent) + widened(b, exponent), exponent })
}

export function negative({ coefficient, exponent }: PyDecimal): PyDecimal {
  return { coefficient: -coefficient, exponent }
}

/** Below 0 if a < b, 0 if they are equal, above 0 if a > b. Exact. */
export function compareDecimals(a: PyDecimal, b: PyDecimal): number {
  const exponent = Math.min(a.exponent, b.exponent)
  const [x, y] = [widened(a, exponent), widened(b, exponent)]
  return x < y ? -1 : x > y ? 1 : 0
}

/** The coefficient for a lower exponent: of floats there are some 650 powers of ten at most. */
function widened({ coefficient, exponent }: PyDecimal, to: number): bigint {
  return coefficient * 10n ** BigInt(exponent - to)
}

function rounded(value: PyDecimal): PyDecimal {
  const { coefficient, exponent } = value
  const excess = String(coefficient < 0n ? -coefficient : coefficient).length - PRECISION
  if (excess <= 0) return value
  const unit = 10n ** BigInt(excess)
  const [quotient, rest] = [coefficient / unit, coefficient % unit]
  const twice = 2n * (rest < 0n ? -rest : rest)
  const isUp = twice > unit || (twice === unit && quotient % 2n !== 0n)
  return rounded({
    coefficient: isUp ? quotient + (coefficient < 0n ? -1n : 1n) : quotient,
    exponent: exponent + excess,
  })
}
