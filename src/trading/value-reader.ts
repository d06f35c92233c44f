/**
 * Values of an event, read where they stand in the bytes of its MessagePack. Each method takes the kinds of values that
 * events usually have, with the result that the general codec and the checks of event-fields.ts give together, and moves
 * behind it. It gives undefined, or false, for all else, be it wrong or only unusual: that is left to them.
 */

import { bestShortText, textAt } from '../codec/declared/take-text.ts'
import { isUtf8 } from '../codec/text.ts'
import { ByteCache } from './byte-cache.ts'
import { type Decimal, decimal } from './decimal.ts'
import { parseQuantity, parseTime, TEXT_CHARS_MAX } from './event-fields.ts'
import type { Side } from './order-event.ts'
import type { OrderId } from './order-id.ts'
import { isOrderStatus, type OrderStatus } from './order-machine.ts'
import { highHalf, lowHalf } from './time-halves.ts'

const U32_RANGE = 0x1_0000_0000
/** So many digits are less than 2^63, whatever they are. */
const SURE_DIGITS = 18
const NIL = 0xc0

const shortText = bestShortText()

/** Slots for names of accounts and instruments, and other texts of which there are few. */
const NAME_BITS = 9
/** Slots for the ids that exchanges give to orders that are open at a time. */
const ID_BITS = 12
const AMOUNT_BITS = 9

export class ValueReader {
  /** Where the next value begins, and where the payload ends. */
  at = 0
  end = 0
  bytes: Uint8Array = new Uint8Array()
  view: DataView = new DataView(this.bytes.buffer)
  /** Of the log: its integers of 64 bits are bigints. Else those past 2^53 make the payload one that can not be read. */
  useBigInt64 = false
  /** The last time that was read. */
  high = 0
  low = 0
  readonly names: ByteCache<string> = new ByteCache(NAME_BITS, textOf)
  readonly ids: ByteCache<string> = new ByteCache(ID_BITS, textOf)
  /** Of the state that the events are for. */
  orders!: ByteCache<OrderId>
  private readonly amounts = new ByteCache(AMOUNT_BITS, amountOf)

  /** Begins with a payload. */
  read(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    useBigInt64: boolean,
    orders: ByteCache<OrderId>,
  ): void {
    this.bytes = bytes
    this.view = view
    this.at = start
    this.end = end
    this.useBigInt64 = useBigInt64
    this.orders = orders
  }

  /** Members of the map that begins here; -1 for anything else. */
  count(): number {
    const { at } = this
    if (at >= this.end) return -1
    const lead = this.bytes[at]!
    this.at = at + 1
    if ((lead & 0xf0) === 0x80) return lead & 0x0f
    if (lead !== 0xde || at + 3 > this.end) return -1
    this.at = at + 3
    return this.view.getUint16(at + 1)
  }

  /** Steps over a nil, if there is one. */
  isNil(): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== NIL) return false
    this.at++
    return true
  }

  /** What a cache has for the text here. */
  text<T>(cache: ByteCache<T>): T | undefined {
    const start = this.textStart()
    return start < 0 ? undefined : cache.get(this.bytes, this.view, start, this.at)
  }

  isText(): boolean {
    const start = this.textStart()
    return start >= 0 && isUtf8(this.view, start, this.at)
  }

  /** Steps over a text, whose bytes may be anything. @returns where they begin; -1 if there is none, or a very long one */
  private textStart(): number {
    const { at, end } = this
    if (at >= end) return -1
    const lead = this.bytes[at]!
    let start = at + 1
    let length = lead & 0x1f
    if ((lead & 0xe0) !== 0xa0) {
      if (lead !== 0xd9 && lead !== 0xda) return -1
      start += lead === 0xd9 ? 1 : 2
      if (start > end) return -1
      length = lead === 0xd9 ? this.bytes[at + 1]! : this.view.getUint16(at + 1)
    }
    // There are no more characters than bytes.
    if (length > end - start || length > TEXT_CHARS_MAX) return -1
    this.at = start + length
    return start
  }

  status(): OrderStatus | undefined {
    const value = this.at < this.end ? this.bytes[this.at]! : NIL
    this.at++
    return isOrderStatus(value) ? value : undefined
  }

  side(): Side | undefined {
    const name = this.text(this.names)
    return name === 'buy' || name === 'sell' ? name : undefined
  }

  quantity(): Decimal | undefined {
    const { at } = this
    if (at >= this.end) return undefined
    const lead = this.bytes[at]!
    if (lead < 0x80) {
      this.at = at + 1
      return decimal(lead)
    }
    if (lead === 0xcb) {
      if (at + 9 > this.end) return undefined
      this.at = at + 9
      return parseQuantity(this.view.getFloat64(at + 1))
    }
    if (lead < 0xcc) return this.text(this.amounts)
    if (lead >= 0xd9) return this.text(this.amounts)
    if (!this.isInteger() || this.high < 0 || !this.isSafe()) return undefined
    return decimal(this.high * U32_RANGE + (this.low >>> 0))
  }

  /** A time, which is then in `high` and `low`. */
  isTime(): boolean {
    const start = this.textStart()
    if (start < 0) return this.isWhole()
    const text = this.names.get(this.bytes, this.view, start, this.at)
    const time = text === undefined ? undefined : parseTime(text)
    if (time === undefined) return false
    this.high = highHalf(time)
    this.low = lowHalf(time)
    return true
  }

  /** The same, of one that need not be known. */
  isSomeTime(): boolean {
    const start = this.textStart()
    return start < 0 ? this.isWhole() : this.isDigits(start)
  }

  isSequence(): boolean {
    const start = this.textStart()
    return start < 0 ? this.isWhole() && this.high >= 0 : this.isDigits(start)
  }

  private isDigits(start: number): boolean {
    const { bytes, at } = this
    if (at === start || at - start > SURE_DIGITS) return false
    for (let i = start; i < at; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false
    return true
  }

  /** A number that is a whole one from -2^63 to before 2^63. */
  private isWhole(): boolean {
    const { at } = this
    if (at >= this.end || this.bytes[at] !== 0xcb) return this.isInteger()
    if (at + 9 > this.end) return false
    this.at = at + 9
    const value = this.view.getFloat64(at + 1)
    if (!Number.isSafeInteger(value)) return false
    this.high = Math.floor(value / U32_RANGE) | 0
    this.low = value | 0
    return true
  }

  /** An integer, as which it is stored too. */
  private isInteger(): boolean {
    const { at, view } = this
    const lead = at < this.end ? this.bytes[at]! : NIL
    if (lead < 0x80 || lead >= 0xe0) return this.small(at + 1, (lead << 24) >> 24)
    if (lead < 0xcc || lead > 0xd3) return false
    const next = at + 1 + (1 << (lead & 3))
    if (next > this.end) return false
    switch (lead) {
      case 0xcc:
        return this.small(next, this.bytes[at + 1]!)
      case 0xcd:
        return this.small(next, view.getUint16(at + 1))
      case 0xce:
        return this.wide(next, 0, view.getInt32(at + 1))
      case 0xd0:
        return this.small(next, view.getInt8(at + 1))
      case 0xd1:
        return this.small(next, view.getInt16(at + 1))
      case 0xd2:
        return this.small(next, view.getInt32(at + 1))
      default:
        this.wide(next, view.getInt32(at + 1), view.getInt32(at + 5))
        if (lead === 0xcf && this.high < 0) return false
        return this.useBigInt64 || this.isSafe()
    }
  }

  private small(next: number, value: number): boolean {
    return this.wide(next, value < 0 ? -1 : 0, value)
  }

  private wide(next: number, high: number, low: number): boolean {
    this.at = next
    this.high = high
    this.low = low
    return true
  }

  private isSafe(): boolean {
    return Number.isSafeInteger(this.high * U32_RANGE + (this.low >>> 0))
  }

  /** Whatever the value is, if it is none that holds others. */
  isScalar(): boolean {
    const { at } = this
    const lead = at < this.end ? this.bytes[at]! : 0xc1
    if ((lead >= 0xa0 && lead < 0xc0) || lead === 0xd9 || lead === 0xda) return this.isText()
    if (lead === NIL || lead === 0xc2 || lead === 0xc3) this.at = at + 1
    else if (lead === 0xca || lead === 0xcb) this.at = at + (lead === 0xca ? 5 : 9)
    else return this.isInteger()
    return this.at <= this.end
  }
}

/** The text of some bytes, if they are one. */
export function textOf(bytes: Uint8Array, view: DataView, start: number, end: number): string | undefined {
  return textAt(bytes, view, start, end, shortText)
}

function amountOf(bytes: Uint8Array, view: DataView, start: number, end: number): Decimal | undefined {
  const text = textOf(bytes, view, start, end)
  return text === undefined ? undefined : parseQuantity(text)
}
