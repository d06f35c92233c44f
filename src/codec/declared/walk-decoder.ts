/** The decoder where code must not be made of strings: closures, with the same results as the compiled one. */

import { matches } from './constant.ts'
import type { Decode } from './decode.ts'
import type { PlannedField, PlannedShape } from './plan.ts'
import * as take from './take.ts'
import { takeText, walkedShortText } from './take-text.ts'

export function buildDecoder(fields: readonly PlannedField[], useBigInt64: boolean): Decode {
  const whole = objectTaker(fields, useBigInt64)
  return (bytes, view, at, cursor) => {
    const value = whole(bytes, view, at, cursor)
    return cursor.at === cursor.end ? value : undefined
  }
}

function objectTaker(fields: readonly PlannedField[], useBigInt64: boolean): Decode {
  const members = fields.map(({ name, key, isOptional, shape }) => {
    return { name, key, isOptional, take: shapeTaker(shape, useBigInt64) }
  })
  const always = members.filter(({ isOptional }) => !isOptional).length
  return (bytes, view, at, cursor) => {
    // Of optional members. What stands behind the last one may be of the object around, and have the name of another.
    let left = take.takeMapHeader(bytes, view, at, cursor) - always
    if (left < 0) return undefined
    const object: Record<string, unknown> = {}
    for (const { name, key, isOptional, take } of members) {
      const isThere = (!isOptional || left > 0) && matches(bytes, cursor.at, cursor.end, key)
      if (!isThere && isOptional) continue
      if (!isThere) return undefined
      const value = take(bytes, view, cursor.at + key.length, cursor)
      if (value === undefined) return undefined
      object[name] = value
      if (isOptional) left--
    }
    return left === 0 ? object : undefined
  }
}

function shapeTaker(shape: PlannedShape, useBigInt64: boolean): Decode {
  switch (shape.kind) {
    case 'string':
      return (bytes, view, at, cursor) => takeText(bytes, view, at, cursor, walkedShortText)
    case 'enum':
      return (bytes, view, at, cursor) => {
        const text = takeText(bytes, view, at, cursor, walkedShortText)
        return text !== undefined && shape.texts.has(text) ? text : undefined
      }
    case 'integer':
      return (bytes, view, at, cursor) => take.takeInteger(bytes, view, at, cursor, shape.min, shape.max, useBigInt64)
    case 'f64':
      return (bytes, view, at, cursor) => take.takeNumber(bytes, view, at, cursor, useBigInt64)
    case 'bigint':
      return (bytes, view, at, cursor) =>
        useBigInt64 ? take.takeBigInt(bytes, view, at, cursor, shape.min, shape.max) : undefined
    case 'bool':
      return (bytes, _, at, cursor) => take.takeBoolean(bytes, at, cursor)
    case 'bytes':
      return take.takeBytes
    case 'timestamp':
      return take.takeTimestamp
    case 'nested':
      return objectTaker(shape.fields, useBigInt64)
    case 'any':
      return () => undefined
  }
}
