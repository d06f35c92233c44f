/** The checks that fields of events have in common. */

import { isWellFormed } from '../codec/text.ts'
import { RingwalError } from '../errors.ts'
import { type Decimal, ZERO } from './decimal.ts'
import { INPUT_LIMITS, parseDecimal } from './parse-decimal.ts'

/** A decimal number: whole numbers past 2^53 as bigint or text. At most 80 digits, 40 of them behind the point. */
export type Quantity = number | string | bigint

/** A 64-bit integer, such as nanoseconds since the Unix epoch: as a number only up to 2^53, as far as that is exact. */
export type Whole = bigint | string | number

/** Why a value is no event: the field, what it holds and what it may hold. */
export class Fault {
  readonly field: string
  readonly value: string
  readonly allowed: string

  constructor(field: string, value: unknown, allowed: string) {
    this.field = field
    this.value = show(value)
    this.allowed = allowed
  }

  get message(): string {
    return `${this.field}: ${this.value} is not allowed; allowed: ${this.allowed}`
  }

  toError(): RingwalError {
    const { field, value, allowed } = this
    return new RingwalError('ERR_RINGWAL_INPUT', this.message, { field, value, allowed })
  }
}

const SHOWN_CHARS = 60

function show(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > SHOWN_CHARS ? `${value.slice(0, SHOWN_CHARS)}…` : value)
  }
  if (typeof value === 'bigint' || typeof value === 'number') return String(value).slice(0, SHOWN_CHARS)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value)
}

/** The fields of an event, or the fault of a value that has none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | Fault {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
  return isMap
    ? (value as Record<string, unknown>)
    : new Fault('event', value, 'an object with the fields of the event')
}

export const TEXT_CHARS_MAX = 4096

export const TEXT_ALLOWED: string = `a well-formed text of at most ${TEXT_CHARS_MAX} characters`

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_CHARS_MAX && isWellFormed(value)
}

/** Fields that may be left out may also be null: MessagePack writers of other languages tell an absent value so. */
export function isTextOrAbsent(value: unknown): value is string | undefined | null {
  return value == null || isText(value)
}

const I64_MIN = -(2n ** 63n)
const I64_MAX = 2n ** 63n - 1n
const U64_MAX = 2n ** 64n - 1n
const WHOLE_TEXT = /^-?\d{1,20}$/

export const TIME_ALLOWED = 'a signed 64-bit integer as bigint, text, or a number up to 2^53'
export const SEQUENCE_ALLOWED = 'absent, or an unsigned 64-bit integer as bigint, text, or a number up to 2^53'

/** A signed 64-bit integer, exactly, or undefined. */
export function parseTime(value: unknown): bigint | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : parseWhole(value, I64_MIN, I64_MAX)
}

/** For times that are looked at and not kept: makes no bigint of a number. */
export function isTimeOrAbsent(value: unknown): boolean {
  if (value == null) return true
  return typeof value === 'number' ? Number.isSafeInteger(value) : parseWhole(value, I64_MIN, I64_MAX) !== undefined
}

export function isSequenceOrAbsent(value: unknown): boolean {
  if (value == null) return true
  return typeof value === 'number'
    ? Number.isSafeInteger(value) && value >= 0
    : parseWhole(value, 0n, U64_MAX) !== undefined
}

function parseWhole(value: unknown, min: bigint, max: bigint): bigint | undefined {
  const isTold = typeof value === 'bigint' || (typeof value === 'string' && WHOLE_TEXT.test(value))
  if (!isTold) return undefined
  const whole = BigInt(value)
  return whole >= min && whole <= max ? whole : undefined
}

const SIZE = `of at most ${INPUT_LIMITS.digits} digits, ${INPUT_LIMITS.decimals} of them decimals`

export const AMOUNT_ALLOWED: string = `a decimal ${SIZE}, as number, text or bigint; whole numbers past 2^53 not as number`
export const QUANTITY_ALLOWED: string = `0 or more, ${AMOUNT_ALLOWED}`

/** A decimal that is not negative, or undefined. */
export function parseQuantity(value: unknown): Decimal | undefined {
  const quantity = parseDecimal(value)
  return quantity === undefined || quantity.coefficient < 0 ? undefined : quantity
}

/** 0 for an absent value. */
export function parseQuantityOrAbsent(value: unknown): Decimal | undefined {
  return value == null ? ZERO : parseQuantity(value)
}
