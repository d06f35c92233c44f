/**
 * The life of an order: which event may follow which state. Pure; the same for ringwal's own events and for those of the
 * gateway whose rules these are.
 */

import { compare, type Decimal, signOf } from './decimal.ts'

export const NEW = 0
export const ACCEPTED = 1
export const PARTIALLY_FILLED = 2
export const FILLED = 3
export const CANCELED = 4
export const REJECTED = 5

/** A status as events and states hold it; its index in `STATUS_NAMES`. */
export type OrderStatus = 0 | 1 | 2 | 3 | 4 | 5

export const STATUS_NAMES = ['new', 'accepted', 'partially_filled', 'filled', 'canceled', 'rejected'] as const

export type StatusName = (typeof STATUS_NAMES)[number]

export function isOrderStatus(value: unknown): value is OrderStatus {
  return typeof value === 'number' && Number.isInteger(value) && value >= NEW && value <= REJECTED
}

export function isTerminal(status: OrderStatus): boolean {
  return status >= FILLED
}

/**
 * Statuses that may follow each status, as bits. A status may follow itself with more filled: an accepted order of which
 * the gateway tells a fill before it calls it partially filled.
 */
const FOLLOWERS: readonly number[] = [
  bits(NEW, ACCEPTED, PARTIALLY_FILLED, FILLED, CANCELED, REJECTED),
  bits(ACCEPTED, PARTIALLY_FILLED, FILLED, CANCELED, REJECTED),
  bits(PARTIALLY_FILLED, FILLED, CANCELED),
  0,
  0,
  0,
]

function bits(...statuses: readonly OrderStatus[]): number {
  return statuses.reduce<number>((all, status) => all | (1 << status), 0)
}

export function mayFollow(from: OrderStatus, to: OrderStatus): boolean {
  return (FOLLOWERS[from]! & (1 << to)) !== 0
}

/** What the machine looks at, of an order as of an event. */
export interface OrderProgress {
  readonly status: OrderStatus
  /** 0 or less: not known. */
  readonly total: Decimal
  /** All that is filled of the order so far. */
  readonly filled: Decimal
}

export type Rejection =
  /** The event's client order id is empty. */
  | 'empty_order_id'
  /** The order is filled, canceled or rejected. */
  | 'order_is_terminal'
  /** Less is filled than was before. */
  | 'filled_decreases'
  /** More is filled than was ordered. */
  | 'filled_exceeds_total'
  /** The event's status can not follow that of the order. */
  | 'illegal_transition'
  /** It is called filled, and the filled volume is not the total. */
  | 'filled_is_not_total'
  /** It is called partially filled, and nothing is left of the total. */
  | 'partial_fill_of_all'

export type Verdict =
  /** The event's progress becomes that of the order. */
  | { readonly outcome: 'accepted' }
  /** The event tells what the order is already. */
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'rejected'; readonly reason: Rejection }

const ACCEPT: Verdict = { outcome: 'accepted' }
const UNCHANGED: Verdict = { outcome: 'unchanged' }

/** Verdicts are looked at millions of times a second: one object of each kind is enough. */
const REJECTIONS = new Map<Rejection, Verdict>()

function reject(reason: Rejection): Verdict {
  let verdict = REJECTIONS.get(reason)
  if (verdict === undefined) {
    verdict = { outcome: 'rejected', reason }
    REJECTIONS.set(reason, verdict)
  }
  return verdict
}

/**
 * Judges an event against the order it is about, in the order of the gateway's checks.
 * @param order undefined for an order that is not known: any event makes one, unchecked but for its id
 */
export function judge(order: OrderProgress | undefined, clientOrderId: string, event: OrderProgress): Verdict {
  if (clientOrderId === '') return reject('empty_order_id')
  if (order === undefined) return ACCEPT
  const more = compare(event.filled, order.filled)
  if (event.status === order.status && more === 0) return UNCHANGED
  if (isTerminal(order.status)) return reject('order_is_terminal')
  if (more < 0) return reject('filled_decreases')
  const total = nextTotal(order, event)
  // Without a total nothing can be held against it: the fills of legacy events are taken as partial ones.
  const left = signOf(total) > 0 ? compare(total, event.filled) : undefined
  if (left !== undefined && left < 0) return reject('filled_exceeds_total')
  if (!mayFollow(order.status, event.status)) return reject('illegal_transition')
  if (left === undefined) return ACCEPT
  if (event.status === FILLED && left !== 0) return reject('filled_is_not_total')
  if (event.status === PARTIALLY_FILLED && left <= 0) return reject('partial_fill_of_all')
  return ACCEPT
}

/** The order's total behind an accepted event: the event's, if it tells one, else the old one. */
export function nextTotal(order: OrderProgress | undefined, event: OrderProgress): Decimal {
  return order === undefined || signOf(event.total) > 0 ? event.total : order.total
}
