/**
 * A decoder for one layout as straight-line code: keys are compared in words, the usual values are read in place, and
 * others by the methods of a ValueReader.
 *
 *     if (!(p + 7 <= end && view.getInt32(p, true) === 1635017126 && …)) return false      another key
 *     p += 7
 *     if (p < end && bytes[p] < 6) facts.status = bytes[p++]
 *     else return false
 */

import { sourceOfMatch } from '../codec/declared/constant.ts'
import { decimal } from './decimal.ts'
import type { LayoutDecoder } from './known-layouts.ts'
import * as field from './order-fields.ts'
import type { OrderLayout } from './order-layout.ts'

/** @throws EvalError where code must not be made of strings */
export function compileLayout(layout: OrderLayout): LayoutDecoder {
  const members = layout.map((key) => `${expect([...key.bytes])}${sourceOf(key.field)}`)
  const source = `'use strict'
return function decode(reader, facts) {
const { bytes, view, end, useBigInt64 } = reader
let p = reader.at, x
${members.join('')}return p === end
}`
  return new Function('decimal', source)(decimal) as LayoutDecoder
}

function expect(bytes: readonly number[]): string {
  return `if (!(${sourceOfMatch(bytes)})) return false\np += ${bytes.length}\n`
}

function sourceOf(number: number): string {
  switch (number) {
    case field.ACCOUNT:
      return text('account', 'names')
    case field.INSTRUMENT:
      return text('instrument', 'names')
    case field.CLIENT_ORDER_ID:
      return text('orderId', 'orders')
    case field.EXCHANGE_ORDER_ID:
      return optional(text('exchangeOrderId', 'ids'))
    case field.REASON:
      return optional(`if (p < end && bytes[p] === 0xa0) p++\nelse { ${text('reason', 'names')}}\n`)
    case field.STATUS:
      return 'if (p < end && (x = bytes[p]) < 6) { facts.status = x; p++ }\nelse return false\n'
    case field.SIDE:
      return optional(`${side('buy')}else ${side('sell')}else return false\n`)
    case field.FILLED:
      return quantity('filled')
    case field.TOTAL:
      return optional(quantity('total'))
    case field.PRICE:
      return optional(quantity('price'))
    case field.TIME: {
      const halves = 'facts.timeHigh = view.getInt32(p + 1); facts.timeLow = view.getInt32(p + 5)'
      return whole(`${halves}; `, 'isTime', 'facts.timeHigh = reader.high\nfacts.timeLow = reader.low\n')
    }
    case field.EXCHANGE_TIME:
    case field.RECEIVED_TIME:
      return optional(whole('', 'isSomeTime'))
    case field.SEQUENCE:
      return optional(
        `if (useBigInt64 && p + 9 <= end && bytes[p] === 0xcf) p += 9\nelse {\n${checked('isSequence')}}\n`,
      )
    case field.OTHER:
      return checked('isScalar')
    default:
      return optional(checked('isText'))
  }
}

/** Most texts are shorter than 32 bytes, and have their length in the first. */
function text(fact: string, cache: string): string {
  const short = `x = reader.${cache}.get(bytes, view, p + 1, p += x + 1)`
  const long = `reader.at = p\nx = reader.text(reader.${cache})\np = reader.at\n`
  return `if (p < end && (x = bytes[p] ^ 0xa0) < 32 && p + x < end) ${short}
else { ${long}}
if (x === undefined) return false
facts.${fact} = x
`
}

function side(name: string): string {
  const stored = [0xa0 + name.length, ...Buffer.from(name)]
  return `if (${sourceOfMatch(stored)}) { facts.side = '${name}'; p += ${stored.length} }\n`
}

function quantity(fact: string): string {
  return `if (p < end && (x = bytes[p]) < 0x80) { facts.${fact} = decimal(x); p++ }
else {
reader.at = p
if ((x = reader.quantity()) === undefined) return false
facts.${fact} = x
p = reader.at
}
`
}

/** An integer of 64 bits below 2^63, in a log that may have any. */
function whole(use: string, method: string, useOther: string = ''): string {
  return `if (useBigInt64 && p + 9 <= end && ((x = bytes[p]) === 0xcf && bytes[p + 1] < 0x80 || x === 0xd3)) { ${use}p += 9 }
else {
${checked(method)}${useOther}}
`
}

function checked(method: string): string {
  return `reader.at = p\nif (!reader.${method}()) return false\np = reader.at\n`
}

function optional(source: string): string {
  return `if (p < end && bytes[p] === 0xc0) p++\nelse {\n${source}}\n`
}
