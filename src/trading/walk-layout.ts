/** The decoder of a layout where code must not be made of strings: a step for each key, with the same results. */

import { matches } from '../codec/declared/constant.ts'
import type { DecodedFacts } from './decoded-facts.ts'
import type { LayoutDecoder } from './known-layouts.ts'
import * as field from './order-fields.ts'
import type { OrderLayout } from './order-layout.ts'
import type { ValueReader } from './value-reader.ts'

/** Reads one value. @returns whether it is a usual one */
type TakeValue = (reader: ValueReader, facts: DecodedFacts) => boolean

export function walkLayout(layout: OrderLayout): LayoutDecoder {
  const steps = layout.map((key) => ({ bytes: [...key.bytes], take: takerOf(key.field) }))
  return (reader, facts) => {
    for (const { bytes, take } of steps) {
      if (!matches(reader.bytes, reader.at, reader.end, bytes)) return false
      reader.at += bytes.length
      if (!take(reader, facts)) return false
    }
    return reader.at === reader.end
  }
}

function takerOf(number: number): TakeValue {
  switch (number) {
    case field.ACCOUNT:
      return kept((reader) => reader.text(reader.names), 'account')
    case field.INSTRUMENT:
      return kept((reader) => reader.text(reader.names), 'instrument')
    case field.CLIENT_ORDER_ID:
      return kept((reader) => reader.text(reader.orders), 'orderId')
    case field.EXCHANGE_ORDER_ID:
      return optional(kept((reader) => reader.text(reader.ids), 'exchangeOrderId'))
    case field.REASON:
      return optional(kept((reader) => reader.text(reader.names), 'reason'))
    case field.STATUS:
      return kept((reader) => reader.status(), 'status')
    case field.SIDE:
      return optional(kept((reader) => reader.side(), 'side'))
    case field.FILLED:
      return kept((reader) => reader.quantity(), 'filled')
    case field.TOTAL:
      return optional(kept((reader) => reader.quantity(), 'total'))
    case field.PRICE:
      return optional(kept((reader) => reader.quantity(), 'price'))
    case field.TIME:
      return takeTime
    case field.EXCHANGE_TIME:
    case field.RECEIVED_TIME:
      return optional((reader) => reader.isSomeTime())
    case field.SEQUENCE:
      return optional((reader) => reader.isSequence())
    case field.OTHER:
      return (reader) => reader.isScalar()
    default:
      return optional((reader) => reader.isText())
  }
}

function kept<Name extends keyof DecodedFacts>(
  read: (reader: ValueReader) => DecodedFacts[Name] | undefined,
  name: Name,
): TakeValue {
  return (reader, facts) => {
    const value = read(reader)
    if (value !== undefined) facts[name] = value
    return value !== undefined
  }
}

function takeTime(reader: ValueReader, facts: DecodedFacts): boolean {
  if (!reader.isTime()) return false
  facts.timeHigh = reader.high
  facts.timeLow = reader.low
  return true
}

function optional(take: TakeValue): TakeValue {
  return (reader, facts) => reader.isNil() || take(reader, facts)
}
