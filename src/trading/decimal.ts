/**
 * Exact decimal numbers. Nothing is ever rounded but by `proportion`, at a scale that its caller names.
 *
 * The coefficient is a number while it is a safe integer, so that whole volumes and ordinary prices cost little more than
 * numbers do, and a bigint beyond.
 */
export class Decimal {
  readonly coefficient: number | bigint
  /** Decimals: the value is coefficient / 10^scale. */
  readonly scale: number

  constructor(coefficient: number | bigint, scale: number) {
    this.coefficient = coefficient
    this.scale = scale
  }

  /** The shortest text of the value: without an exponent, without zeros at the end of a fraction. */
  toString(): string {
    return textOf(this)
  }

  toJSON(): string {
    return textOf(this)
  }
}

const TENS: readonly number[] = Array.from({ length: 16 }, (_, power) => Number(`1e${power}`))
const BIG_TENS: bigint[] = []

/** Most volumes are small and whole: these are shared rather than made anew. */
const SMALL: readonly Decimal[] = Array.from({ length: 1024 }, (_, value) => new Decimal(value, 0))

export const ZERO: Decimal = SMALL[0]!
const ONE: Decimal = SMALL[1]!

/** @param coefficient a safe integer, or any bigint */
export function decimal(coefficient: number | bigint, scale = 0): Decimal {
  if (typeof coefficient === 'bigint') return new Decimal(narrow(coefficient), scale)
  if (scale === 0 && coefficient >= 0 && coefficient < SMALL.length) return SMALL[coefficient]!
  // An addition, as it makes 0 of -0.
  return new Decimal(coefficient + 0, scale)
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  const x = widen(a.coefficient, scale - a.scale)
  const y = widen(b.coefficient, scale - b.scale)
  if (typeof x === 'number' && typeof y === 'number') {
    const sum = x + y
    if (Number.isSafeInteger(sum)) return decimal(sum, scale)
  }
  return decimal(BigInt(x) + BigInt(y), scale)
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  const x = widen(a.coefficient, scale - a.scale)
  const y = widen(b.coefficient, scale - b.scale)
  if (typeof x === 'number' && typeof y === 'number') {
    const rest = x - y
    if (Number.isSafeInteger(rest)) return decimal(rest, scale)
  }
  return decimal(BigInt(x) - BigInt(y), scale)
}

export function negate(value: Decimal): Decimal {
  return value.coefficient === 0 ? value : decimal(-value.coefficient, value.scale)
}

export function absolute(value: Decimal): Decimal {
  return value.coefficient < 0 ? negate(value) : value
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  const x = a.coefficient
  const y = b.coefficient
  const scale = a.scale + b.scale
  if (typeof x === 'number' && typeof y === 'number') {
    const product = x * y
    if (Number.isSafeInteger(product)) return decimal(product, scale)
  }
  return decimal(BigInt(x) * BigInt(y), scale)
}

/** Below 0 if a < b, 0 if they are equal, above 0 if a > b. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const x = widen(a.coefficient, scale - a.scale)
  const y = widen(b.coefficient, scale - b.scale)
  if (x < y) return -1
  return x > y ? 1 : 0
}

/** -1, 0 or 1. */
export function signOf(value: Decimal): number {
  if (value.coefficient < 0) return -1
  return value.coefficient > 0 ? 1 : 0
}

/**
 * whole · part / total, exact if it ends within `scale` decimals, else rounded half-even to that many.
 * @param total not 0
 */
export function proportion(whole: Decimal, part: Decimal, total: Decimal, scale: number): Decimal {
  const product = multiply(whole, part)
  // Most shares are exact with the decimals that are there already, and then numbers stay small.
  const natural = Math.max(0, Math.min(scale, product.scale - total.scale))
  const exact = quotient(product, total, natural, false)
  return exact ?? quotient(product, total, scale, true)!
}

export function divide(dividend: Decimal, divisor: Decimal, scale: number): Decimal {
  return proportion(dividend, ONE, divisor, scale)
}

function quotient(dividend: Decimal, divisor: Decimal, scale: number, rounds: boolean): Decimal | undefined {
  const shift = scale + divisor.scale - dividend.scale
  const x = widen(dividend.coefficient, Math.max(0, shift))
  const y = widen(divisor.coefficient, Math.max(0, -shift))
  if (typeof x === 'number' && typeof y === 'number') {
    const rest = x % y
    if (rest !== 0 && !rounds) return undefined
    const floor = (x - rest) / y
    const half = Math.abs(rest) - (Math.abs(y) - Math.abs(rest))
    const isUp = half > 0 || (half === 0 && floor % 2 !== 0)
    return decimal(isUp ? floor + Math.sign(x) * Math.sign(y) : floor, scale)
  }
  return bigQuotient(BigInt(x), BigInt(y), scale, rounds)
}

function bigQuotient(x: bigint, y: bigint, scale: number, rounds: boolean): Decimal | undefined {
  const floor = x / y
  const rest = x - floor * y
  if (rest !== 0n && !rounds) return undefined
  const half = 2n * (rest < 0n ? -rest : rest) - (y < 0n ? -y : y)
  const isUp = half > 0n || (half === 0n && floor % 2n !== 0n)
  const away = x < 0n === y < 0n ? 1n : -1n
  return decimal(isUp ? floor + away : floor, scale)
}

/** The coefficient with `power` more decimals. */
function widen(coefficient: number | bigint, power: number): number | bigint {
  if (power === 0) return coefficient
  if (typeof coefficient === 'number' && power < TENS.length) {
    const wide = coefficient * TENS[power]!
    if (Number.isSafeInteger(wide)) return wide
  }
  BIG_TENS[power] ??= 10n ** BigInt(power)
  return BigInt(coefficient) * BIG_TENS[power]
}

function narrow(coefficient: bigint): number | bigint {
  const isSafe = coefficient <= Number.MAX_SAFE_INTEGER && coefficient >= Number.MIN_SAFE_INTEGER
  return isSafe ? Number(coefficient) : coefficient
}

function textOf(value: Decimal): string {
  const { coefficient, scale } = shortest(value)
  const sign = coefficient < 0 ? '-' : ''
  const digits = String(coefficient < 0 ? -coefficient : coefficient)
  if (scale === 0) return sign + digits
  const padded = digits.padStart(scale + 1, '0')
  const point = padded.length - scale
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`
}

/** The same value without zeros at the end of its fraction. */
export function shortest({ coefficient, scale }: Decimal): Decimal {
  let [short, decimals] = [coefficient, scale]
  if (typeof short === 'number') for (; decimals > 0 && short % 10 === 0; decimals--) short /= 10
  else for (; decimals > 0 && short % 10n === 0n; decimals--) short /= 10n
  return decimal(short, decimals)
}
