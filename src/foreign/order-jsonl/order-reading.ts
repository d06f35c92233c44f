import { FIELD } from './fields.ts'
import type { LineFields } from './line-fields.ts'
import { toInt32, type Whole } from './numbers.ts'
import { hasOddEscape, unescapeText } from './texts.ts'

/** An order or trade event as the original took it from a line. Texts hold one character per byte. */
export interface ReadOrder {
  readonly is: 'event'
  readonly kind: 'order' | 'trade'
  /** 0 New, 1 Accepted, 2 PartiallyFilled, 3 Filled, 4 Canceled, 5 Rejected. */
  readonly status: number
  readonly id: string
  readonly account: string
  readonly instrument: string
  readonly reason: string
  readonly trace: string
  /** Nanoseconds since the Unix epoch, a 64-bit integer. */
  readonly time: Whole
  readonly filled: number
  /** The filled volume where the line gives none that can be read. */
  readonly total: number
  /** Whether the line has no such field at all, as old lines have none. */
  readonly isTotalAbsent: boolean
  /** 0 where the line gives none that can be read. */
  readonly price: number
  /** What the original passed over in silence: bits of ODDITY. */
  readonly oddities: number
}

/** A record of a kind that tells of no order. */
export interface OtherRecord {
  readonly is: 'ignored'
  readonly kind: string
}

export interface Unreadable {
  readonly is: 'error'
  readonly reason: string
}

export type Reading = ReadOrder | OtherRecord | Unreadable

/** Values that were read as something else than what stands there. */
export const ODDITY = {
  wrappedStatus: 1,
  wrappedFilled: 2,
  wrappedTotal: 4,
  unreadableTotal: 8,
  unreadablePrice: 16,
  notFinitePrice: 32,
  escape: 64,
} as const

const STATUS_MAX = 5
const NOT_READABLE = 'is missing or can not be read'

/** Reads a line in the order in which the original did: the first thing that is wrong is the one told. */
export function readOrder(fields: LineFields, isVersion4: boolean): Reading {
  const texts = new TextReader(fields, isVersion4)
  const kind = texts.get(FIELD.kind)
  if (kind === undefined) return unreadable(`kind ${NOT_READABLE}`)
  if (kind !== 'order' && kind !== 'trade') return { is: 'ignored', kind }
  const wideStatus = fields.int64(FIELD.status)
  if (wideStatus === undefined) return unreadable(`status ${NOT_READABLE}`)
  const status = toInt32(wideStatus)
  if (status < 0 || status > STATUS_MAX) return unreadable(`status ${status} is not one of 0 to ${STATUS_MAX}`)
  const id = texts.get(FIELD.client_order_id)
  if (id === undefined) return unreadable(`client_order_id ${NOT_READABLE}`)
  const time = fields.int64(FIELD.ts_ns)
  if (time === undefined) return unreadable(`ts_ns ${NOT_READABLE}`)
  const wideFilled = fields.int64(FIELD.filled_volume)
  if (wideFilled === undefined) return unreadable(`filled_volume ${NOT_READABLE}`)
  const filled = toInt32(wideFilled)
  const wideTotal = fields.int64(FIELD.total_volume)
  const isTotalAbsent = wideTotal === undefined && !fields.has(FIELD.total_volume)
  const total = wideTotal === undefined ? filled : toInt32(wideTotal)
  const price = fields.double(FIELD.avg_fill_price)
  return {
    is: 'event',
    kind,
    status,
    id,
    account: texts.get(FIELD.account_id) ?? '',
    instrument: texts.get(FIELD.instrument_id) ?? '',
    reason: texts.get(FIELD.reason) ?? '',
    trace: texts.get(FIELD.trace_id) ?? '',
    time,
    filled,
    total,
    isTotalAbsent,
    price: price ?? 0,
    oddities:
      (wideStatus === status ? 0 : ODDITY.wrappedStatus) |
      (wideFilled === filled ? 0 : ODDITY.wrappedFilled) |
      (wideTotal === undefined || wideTotal === total ? 0 : ODDITY.wrappedTotal) |
      (wideTotal !== undefined || isTotalAbsent ? 0 : ODDITY.unreadableTotal) |
      (price === undefined && fields.has(FIELD.avg_fill_price) ? ODDITY.unreadablePrice : 0) |
      (price === undefined || Number.isFinite(price) ? 0 : ODDITY.notFinitePrice) |
      (texts.hasOddEscape ? ODDITY.escape : 0),
  }
}

/** The texts of a line, without their escapes. */
export class TextReader {
  hasOddEscape = false
  readonly #fields: LineFields
  readonly #isVersion4: boolean

  constructor(fields: LineFields, isVersion4: boolean) {
    this.#fields = fields
    this.#isVersion4 = isVersion4
  }

  get(field: number): string | undefined {
    const raw = this.#fields.raw(field)
    if (raw === undefined || !this.#fields.hasEscape || !raw.includes('\\')) return raw
    this.hasOddEscape ||= hasOddEscape(raw, this.#isVersion4)
    return unescapeText(raw, this.#isVersion4)
  }
}

function unreadable(reason: string): Unreadable {
  return { is: 'error', reason }
}
