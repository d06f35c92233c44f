/** Checks on what a snapshot holds: its bytes may come from a file. */

import { RingwalError } from '../errors.ts'
import type { Decimal } from './decimal.ts'
import { isText } from './event-fields.ts'
import { restoredDecimal } from './parse-decimal.ts'

/** ERR_RINGWAL_INPUT with the fact `reason`. */
export function snapshotError(reason: string, cause?: unknown): RingwalError {
  const message = `the bytes are no snapshot of a trading state: ${reason}`
  return new RingwalError('ERR_RINGWAL_INPUT', message, { reason }, cause)
}

export function storedList(value: unknown, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) throw snapshotError('something else where a list was expected')
  if (length !== undefined && value.length !== length) {
    throw snapshotError(`a list of ${value.length} where one of ${length} was expected`)
  }
  return value
}

export function storedText(value: unknown): string {
  if (!isText(value)) throw snapshotError('something else where a text was expected')
  return value
}

export function storedBytes(value: unknown, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw snapshotError('something else where bytes were expected')
  if (length !== undefined && value.length !== length) {
    throw snapshotError(`${value.length} bytes where ${length} were expected`)
  }
  return value
}

/** A safe integer from 0 to `max`. */
export function storedCount(value: unknown, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max) return value
  throw snapshotError('something else where a count was expected')
}

export function storedNumber(value: unknown): Decimal {
  const number = restoredDecimal(value)
  if (number === undefined) throw snapshotError('something else where a decimal was expected')
  return number
}
