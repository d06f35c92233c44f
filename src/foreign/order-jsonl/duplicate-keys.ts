import type { ReadOrder } from './order-reading.ts'

const SIGNIFICANT_DIGITS = 6
const SEPARATOR = '|'

/**
 * The ledger's memory of events that it has seen: id, status, filled volume, price, time, trace and reason, put together with
 * bars between them, as the original did.
 *
 * Two events of the same order with the same key never both change a position, key or no key: the filled volume is the same.
 * Two orders can have the same key only if a bar stands in one of their texts. So only such keys are remembered, and an
 * ordinary log of any size needs no memory here.
 */
export class DuplicateKeys {
  readonly #keys: Set<string> = new Set()

  /** Whether an event was seen before. */
  meet(event: ReadOrder): boolean {
    const { id, trace, reason } = event
    if (!id.includes(SEPARATOR) && !trace.includes(SEPARATOR) && !reason.includes(SEPARATOR)) return false
    const known = this.#keys.size
    const { status, filled, price, time } = event
    this.#keys.add([id, status, filled, streamedDouble(price), time, trace, reason].join(SEPARATOR))
    return this.#keys.size === known
  }
}

/** A double as a C++ stream writes it by default: `%g`, six significant digits, halves to even. */
export function streamedDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [digits, exponent] = roundedDigits(value)
  if (exponent < -4 || exponent >= SIGNIFICANT_DIGITS) {
    const sign = exponent < 0 ? '-' : '+'
    return `${withoutZeros(digits)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  return withoutZeros(Number(`${digits}e${exponent}`).toFixed(SIGNIFICANT_DIGITS - 1 - exponent))
}

/** `d.ddddd` and the power of ten. JavaScript rounds a half away from zero: it must be the even one. */
function roundedDigits(value: number): [digits: string, exponent: number] {
  const [exact = '', power = ''] = value.toExponential(100).split('e')
  const isHalf = /^-?\d\.\d{5}50*$/.test(exact)
  const isEven = isHalf && Number(exact[exact.indexOf('.') + 5]) % 2 === 0
  if (isEven) return [exact.slice(0, exact.indexOf('.') + SIGNIFICANT_DIGITS), Number(power)]
  const [digits = '', exponent = ''] = value.toExponential(SIGNIFICANT_DIGITS - 1).split('e')
  return [digits, Number(exponent)]
}

function withoutZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/0+$/, '').replace(/\.$/, '') : digits
}
