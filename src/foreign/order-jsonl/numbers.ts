/** Numbers out of text as `std::stoll` and `std::stod` in the C locale take them, the whole text or nothing. */

import { isSpace, skipSpace } from './text-search.ts'

/** An integer of any size: a number exactly if it is a safe one, so that equal values are equal by `===`. */
export type Whole = number | bigint

export const UINT64_MAX: bigint = 2n ** 64n - 1n
const LOWEST_INT64 = -(2n ** 63n)
const HIGHEST_INT64 = 2n ** 63n - 1n
/** So many digits are always a safe integer, and so many, without leading zeros, are always past 64 bits. */
const SAFE_DIGITS = 15
const DIGITS_ENOUGH = 21
const NINE = 9
const ZERO = 0x30
const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const POWERS_OF_TEN: readonly number[] = Array.from({ length: SAFE_DIGITS }, (_, power) => Number(`1e${power}`))

/**
 * A 64-bit integer from `start` to `end`, with or without a sign, white space in front allowed; `undefined` for anything else.
 */
export function parseInt64(text: string, start: number, end: number): Whole | undefined {
  let at = start
  while (at < end && isSpace(text.charCodeAt(at))) at++
  const sign = text.charCodeAt(at)
  const isNegative = at < end && sign === MINUS
  if (isNegative || (at < end && sign === PLUS)) at++
  const magnitude = parseDigits(text, at, end)
  if (magnitude === undefined) return undefined
  if (typeof magnitude === 'number') return isNegative ? 0 - magnitude : magnitude
  const value = isNegative ? -magnitude : magnitude
  return value < LOWEST_INT64 || value > HIGHEST_INT64 ? undefined : value
}

/** The digits from `start` to `end`, at least one, and nothing else. Values past 2^64 − 1 are past it, but need not be exact. */
export function parseDigits(text: string, start: number, end: number): Whole | undefined {
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - ZERO
    if (!(digit >= 0 && digit <= NINE)) return undefined
    value = value * 10 + digit
  }
  if (end - start > SAFE_DIGITS) return exactDigits(text, start, end)
  return end > start ? value : undefined
}

/** Leading zeros may make a text of any length a small number; digits past those of 64 bits need not be multiplied out. */
function exactDigits(text: string, start: number, end: number): Whole {
  let first = start
  while (text.charCodeAt(first) === ZERO && first < end - 1) first++
  const value = BigInt(text.slice(first, Math.min(end, first + DIGITS_ENOUGH)))
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

/** What is left of a 64-bit integer in 32 bits: the original cut without a look. */
export function toInt32(value: Whole): number {
  return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value))
}

const DECIMAL = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const HEXADECIMAL = /^0[xX](?:([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?|\.([0-9a-fA-F]+))(?:[pP]([+-]?[0-9]+))?$/
const NOT_A_NUMBER = /^nan(?:\([0-9A-Za-z_]*\))?$/i
const INFINITE = /^inf(?:inity)?$/i
/** Past any that a line's digits could bring back into range, and still a number to reckon with. */
const EXPONENT_MAX = 1e12
/** Below this a double loses digits, which counts as out of range there. */
const SMALLEST_NORMAL = 2 ** -1022

/**
 * A double: decimal or hexadecimal, `inf`, `infinity`, `nan`, with or without a sign, white space in front allowed. What is too
 * large, or too small to keep all its digits, is out of range and gives `undefined`, as any other text does.
 */
export function parseDouble(text: string): number | undefined {
  return parsePlain(text) ?? parseAny(text)
}

/** Digits, at most one point among them: nearly every price. Both parts of the quotient are exact, so it is rounded once. */
function parsePlain(text: string): number | undefined {
  if (text.length > SAFE_DIGITS) return undefined
  let digits = 0
  let count = 0
  let point = -1
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - ZERO
    if (digit >= 0 && digit <= NINE) {
      digits = digits * 10 + digit
      count++
    } else if (digit === POINT - ZERO && point < 0) point = count
    else return undefined
  }
  if (count === 0) return undefined
  return point < 0 ? digits : digits / POWERS_OF_TEN[count - point]!
}

function parseAny(text: string): number | undefined {
  let at = skipSpace(text, 0)
  const sign = text.charCodeAt(at)
  if (sign === MINUS || sign === PLUS) at++
  const value = parseMagnitude(at === 0 ? text : text.slice(at))
  return value === undefined || sign !== MINUS ? value : -value
}

function parseMagnitude(text: string): number | undefined {
  if (DECIMAL.test(text)) return inRange(Number(text), () => /^[0.]*[1-9]/.test(text))
  if (INFINITE.test(text)) return Number.POSITIVE_INFINITY
  if (NOT_A_NUMBER.test(text)) return Number.NaN
  const parts = HEXADECIMAL.exec(text)
  if (parts === null) return undefined
  const whole = parts[1] ?? ''
  const fraction = parts[2] ?? parts[3] ?? ''
  const digits = BigInt(`0x${whole}${fraction}`)
  const exponent = Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, Number(parts[4] ?? 0)))
  return inRange(scaled(digits, exponent - 4 * fraction.length), () => digits !== 0n)
}

/** @param isNonzero whether the text is another number than zero */
function inRange(value: number, isNonzero: () => boolean): number | undefined {
  if (value >= SMALLEST_NORMAL) return value === Number.POSITIVE_INFINITY ? undefined : value
  return isNonzero() ? undefined : 0
}

/** `digits` · 2^`exponent`, rounded once: the bits beyond 64 are kept as one that says whether any of them is set. */
function scaled(digits: bigint, exponent: number): number {
  if (digits === 0n) return 0
  const excess = Math.max(0, digits.toString(16).length * 4 - 64)
  const head = digits >> BigInt(excess)
  const isInexact = head << BigInt(excess) !== digits
  const value = Number(isInexact ? head | 1n : head)
  // In two steps: 2^exponent itself may be out of range where the product is not.
  const half = Math.trunc((exponent + excess) / 2)
  return value * 2 ** half * 2 ** (exponent + excess - half)
}
