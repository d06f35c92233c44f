import { Decimal, decimal, shortest } from './decimal.ts'

/** How large a decimal from outside may be: more than any currency needs, and little enough that no sum becomes a burden. */
export interface DecimalLimits {
  /** Digits, zeros in front left out. */
  readonly digits: number
  /** Of those, behind the point. */
  readonly decimals: number
}

export const INPUT_LIMITS: DecimalLimits = { digits: 80, decimals: 40 }

/** Powers of ten by which a number's fraction is tried to become whole. */
const FRACTION_TENS: readonly number[] = [10, 100, 1000, 10_000, 1e5, 1e6, 1e7, 1e8]

/** Up to 15 digits, every decimal has a double of its own: a decimal that gives the double back is its shortest text. */
const EXACT_BELOW = 1e15

const GRAMMAR = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * A decimal from outside: a number, a bigint, or a text as JSON writes numbers. Exact: a number counts as its shortest text,
 * the one that JavaScript prints.
 * @returns undefined for anything else: NaN, an infinity, a whole number past 2^53 that is no bigint and no text, a text of
 * another form, more digits or decimals than `limits` allow
 */
export function parseDecimal(value: unknown, limits: DecimalLimits = INPUT_LIMITS): Decimal | undefined {
  if (typeof value === 'number') return parseNumber(value, limits)
  if (typeof value === 'string') return parseShortText(value) ?? parseText(value, limits)
  return typeof value === 'bigint' ? parseText(String(value), limits) : undefined
}

function parseNumber(value: number, limits: DecimalLimits): Decimal | undefined {
  if (Number.isSafeInteger(value)) return decimal(value)
  for (let scale = 1; scale <= FRACTION_TENS.length; scale++) {
    const ten = FRACTION_TENS[scale - 1]!
    const coefficient = Math.round(value * ten)
    if (!(Math.abs(coefficient) < EXACT_BELOW)) break
    if (coefficient / ten === value) return decimal(coefficient, scale)
  }
  return Number.isInteger(value) ? undefined : parseText(String(value), limits)
}

const SHORT_CHARS = 16
const CODE_0 = 0x30
const CODE_POINT = 0x2e

/** The usual case without a regular expression: at most 15 digits, and a point between two of them. */
function parseShortText(text: string): Decimal | undefined {
  const { length } = text
  if (length === 0 || length > SHORT_CHARS) return undefined
  let coefficient = 0
  let point = length
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code === CODE_POINT && point === length && at > 0 && at < length - 1) point = at
    else if (code >= CODE_0 && code < CODE_0 + 10) coefficient = coefficient * 10 + (code - CODE_0)
    else return undefined
  }
  if (point === length) return length < SHORT_CHARS ? decimal(coefficient) : undefined
  let scale = length - point - 1
  while (scale > 0 && coefficient % 10 === 0) {
    coefficient /= 10
    scale--
  }
  return decimal(coefficient, scale)
}

function parseText(text: string, limits: DecimalLimits): Decimal | undefined {
  // Room for a sign, a point, an exponent and the zeros which an exponent could move in front.
  if (text.length > limits.digits + limits.decimals + 8) return undefined
  const match = GRAMMAR.exec(text)
  if (match === null) return undefined
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const digits = (whole! + fraction).replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  // The value is kept · 10^power.
  const power = Number(exponent) - fraction.length + (digits.length - kept.length)
  if (kept === '') return decimal(0)
  if (kept.length + Math.max(0, power) > limits.digits || -power > limits.decimals) return undefined
  const coefficient = BigInt(sign! + kept + '0'.repeat(Math.max(0, power)))
  return decimal(coefficient, Math.max(0, -power))
}

/** As a snapshot holds it: a number if it is whole and safe, else its shortest text. Equal values are stored alike. */
export function storedDecimal(value: Decimal): number | string {
  const { coefficient, scale } = value.scale === 0 ? value : shortest(value)
  return scale === 0 && typeof coefficient === 'number' ? coefficient : value.toString()
}

/** Sums and products of what came in, over any number of events, are far below. */
const STORED_LIMITS: DecimalLimits = { digits: 400, decimals: 160 }

/** The counterpart of `storedDecimal`. Undefined for what that could not have written. */
export function restoredDecimal(stored: unknown): Decimal | undefined {
  const value = typeof stored === 'bigint' ? undefined : parseDecimal(stored, STORED_LIMITS)
  return value instanceof Decimal && storedDecimal(value) === stored ? value : undefined
}
