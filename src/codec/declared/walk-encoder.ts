/** The encoder where code must not be made of strings: closures, to the same bytes as the compiled one. */

import { mapHeader, putConstant } from './constant.ts'
import type { Encode } from './encode.ts'
import { bytesLength, isObject, timeOfDate } from './fits.ts'
import { keyOf } from './key.ts'
import type { PlannedField, PlannedShape, RecordPlan } from './plan.ts'
import * as put from './put.ts'
import { putText, textBytesMax } from './put-text.ts'
import { type Room, SLACK_BYTES } from './room.ts'

/**
 * What was read, in the order of writing: of an object the number of its members, and of each whether it is there; of a
 * byte array its length too.
 */
type Held = unknown[]

/** Reads and checks a value. @returns the most bytes that it takes; -1 if it is not to be written so */
type Gather = (value: unknown, held: Held) => number
/** Writes what was held. @returns the index behind it */
type Put = (room: Room, at: number, held: Iterator<unknown>) => number

interface Part {
  readonly gather: Gather
  readonly put: Put
}

export function buildEncoder(plan: RecordPlan, useBigInt64: boolean): Encode {
  const whole = objectPart(plan.fields, useBigInt64)
  return (value, room) => {
    const held: Held = []
    const most = whole.gather(value, held)
    if (most < 0) return -1
    room.key = keyOf(plan, value) | 0
    const at = room.claim(most + SLACK_BYTES)
    return at < 0 ? -1 : whole.put(room, at, held.values())
  }
}

function objectPart(fields: readonly PlannedField[], useBigInt64: boolean): Part {
  const members = fields.map(({ name, key, isOptional, shape }) => {
    return { name, key, isOptional, part: shapePart(shape, useBigInt64) }
  })
  const gather: Gather = (value, held) => {
    if (!isObject(value)) return -1
    let most = put.MAP_HEADER_MAX
    const countAt = held.push(0) - 1
    let count = 0
    for (const { name, key, isOptional, part } of members) {
      const member = value[name]
      held.push(member !== undefined)
      if (member === undefined && isOptional) continue
      const size = part.gather(member, held)
      if (size < 0) return -1
      most += key.length + size
      count++
    }
    held[countAt] = count
    return most
  }
  const write: Put = (room, at, held) => {
    let to = putConstant(room.bytes, at, mapHeader(held.next().value as number))
    for (const { key, part } of members) {
      if (held.next().value === true) to = part.put(room, putConstant(room.bytes, to, key), held)
    }
    return to
  }
  return { gather, put: write }
}

function shapePart(shape: PlannedShape, useBigInt64: boolean): Part {
  switch (shape.kind) {
    case 'string':
      return textPart((value) => typeof value === 'string')
    case 'enum':
      return textPart((value) => shape.texts.has(value as string))
    case 'integer':
      return numberPart<number>(
        (value) => put.isPlainInteger(value, shape.min, shape.max),
        (bytes, view, at, value) => put.putInteger(bytes, view, at, value, useBigInt64),
      )
    case 'f64':
      return numberPart<number>(put.isPlainNumber, (bytes, view, at, value) =>
        put.putNumber(bytes, view, at, value, useBigInt64),
      )
    case 'bigint':
      return numberPart<bigint>(
        (value) => useBigInt64 && put.isBigIntFrom(value, shape.min, shape.max),
        (bytes, view, at, value) => put.putBigInt(bytes, view, at, value),
      )
    case 'bool':
      return numberPart<boolean>(
        (value) => typeof value === 'boolean',
        (bytes, _, at, value) => putConstant(bytes, at, value ? [0xc3] : [0xc2]),
      )
    case 'bytes':
      return bytesPart
    case 'timestamp':
      return timestampPart
    case 'nested':
      return objectPart(shape.fields, useBigInt64)
    case 'any':
      return { gather: () => -1, put: (_, at) => at }
  }
}

function textPart(isFit: (value: unknown) => boolean): Part {
  return {
    gather(value, held) {
      if (!isFit(value)) return -1
      held.push(value)
      return textBytesMax(value as string)
    },
    put: (room, at, held) => putText(room, room.bytes, at, held.next().value as string),
  }
}

function numberPart<T>(
  isFit: (value: unknown) => boolean,
  write: (bytes: Uint8Array, view: DataView, at: number, value: T) => number,
): Part {
  return {
    gather(value, held) {
      if (!isFit(value)) return -1
      held.push(value)
      return put.NUMBER_BYTES_MAX
    },
    put: ({ bytes, view }, at, held) => write(bytes, view, at, held.next().value as T),
  }
}

const bytesPart: Part = {
  gather(value, held) {
    const length = bytesLength(value)
    if (length < 0) return -1
    held.push(value, length)
    return length + put.BYTES_HEADER_MAX
  },
  put({ bytes, view }, at, held) {
    const value = held.next().value as Uint8Array
    return put.putBytes(bytes, view, at, value, held.next().value as number)
  },
}

const timestampPart: Part = {
  gather(value, held) {
    const time = timeOfDate(value)
    if (Number.isNaN(time)) return -1
    held.push(time)
    return put.TIMESTAMP_BYTES_MAX
  },
  put: ({ view }, at, held) => put.putTimestamp(view, at, held.next().value as number),
}
