/** Which values a field takes. */

import { isDetached, timeOf } from '../storable.ts'
import { isWellFormed } from '../text.ts'
import type { PlannedShape } from './plan.ts'

/** Whether a value, undefined and nested objects aside, can be stored in such a field. */
export function fits(shape: PlannedShape, value: unknown, useBigInt64: boolean): boolean {
  switch (shape.kind) {
    case 'string':
      return typeof value === 'string' && isWellFormed(value)
    case 'integer':
      return Number.isInteger(value) && (value as number) >= shape.min && (value as number) <= shape.max
    case 'f64':
      return typeof value === 'number'
    case 'bigint':
      return useBigInt64 && typeof value === 'bigint' && value >= shape.min && value <= shape.max
    case 'bool':
      return typeof value === 'boolean'
    case 'enum':
      return shape.texts.has(value as string)
    case 'bytes':
      return bytesLength(value) >= 0
    case 'timestamp':
      return !Number.isNaN(timeOfDate(value))
    default:
      return true
  }
}

/** Whether members can be taken from a value: a plain object or an instance of a class, not what stands for itself. */
export function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  return !Array.isArray(value) && !ArrayBuffer.isView(value) && !(value instanceof Date)
}

/** Milliseconds since 1970; NaN for all that is no valid Date. */
export function timeOfDate(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Number.NaN
  return Object.getPrototypeOf(value) === Date.prototype ? timeOf(value) : Number.NaN
}

const byteLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')!.get!

/** The true length, whatever properties the object was given; -1 for what is no Uint8Array, or is a detached one. */
export function bytesLength(value: unknown): number {
  if (!ArrayBuffer.isView(value) || !(value instanceof Uint8Array)) return -1
  const length = byteLength.call(value) as number
  return length === 0 && isDetached(value) ? -1 : length
}

const ENUM_TEXTS_TOLD = 10

/** The same in words. */
export function allowedBy(shape: PlannedShape, useBigInt64: boolean): string {
  switch (shape.kind) {
    case 'string':
      return 'a string without lone surrogates'
    case 'integer':
      return `an integer from ${shape.min} to ${shape.max}`
    case 'f64':
      return 'a number'
    case 'bigint':
      return useBigInt64 ? `a bigint from ${shape.min} to ${shape.max}` : 'nothing: bigints need a log with useBigInt64'
    case 'bool':
      return 'true, false'
    case 'enum':
      return enumTexts(shape.texts)
    case 'bytes':
      return 'a Uint8Array'
    case 'timestamp':
      return 'a valid Date'
    case 'nested':
      return 'an object'
    default:
      return 'any value'
  }
}

function enumTexts(texts: ReadonlySet<string>): string {
  const told = [...texts].slice(0, ENUM_TEXTS_TOLD).map((text) => JSON.stringify(text))
  return texts.size > ENUM_TEXTS_TOLD ? `${told.join(', ')} … (${texts.size} texts)` : told.join(', ')
}
