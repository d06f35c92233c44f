import type { Whole } from './numbers.ts'
import type { ReadOrder } from './order-reading.ts'
import type { PositionState } from './position-ledger.ts'
import { ownText } from './texts.ts'

const PARTIALLY_FILLED = 2
const FILLED = 3

/** An order as the original's state machine held it. Texts hold one character per byte. */
export interface OrderState {
  account: string
  instrument: string
  status: number
  total: number
  filled: number
  time: Whole
  /** How much of it the ledger has taken in, and the position to which it went last. */
  booked: number
  position: PositionState | undefined
}

/** The states that may follow each state, but for the state itself. Those of no entry are terminal. */
const NEXT_STATES: readonly (readonly number[])[] = [[1, 2, 3, 4, 5], [2, 3, 4, 5], [2, 3, 4], [], [], []]

export function isTerminal(status: number): boolean {
  return status >= FILLED
}

/**
 * The order state machine. It takes an event in, or refuses it and changes nothing.
 *
 * With `legacyTotals`, an event without a total volume leaves the total as it is, unknown until some event tells; only a fill
 * to the end tells it. The original took the filled volume for the total and then refused every partial fill.
 */
export class OrderTable {
  readonly orders: Map<string, OrderState> = new Map()
  readonly #legacyTotals: boolean

  constructor(legacyTotals: boolean) {
    this.#legacyTotals = legacyTotals
  }

  /** The order that took the event in, or why none did. */
  apply(event: ReadOrder): OrderState | string {
    if (event.id === '') return 'the client order id is empty'
    const order = this.orders.get(event.id)
    if (order === undefined) return this.#create(event)
    if (order.status === event.status && order.filled === event.filled) return order
    const total = this.#totalAfter(event, order.total)
    const refusal = refusalOf(order, event, total)
    if (refusal !== undefined) return refusal
    order.status = event.status
    order.total = total
    order.filled = event.filled
    order.time = event.time
    if (event.account !== '' && event.account !== order.account) order.account = ownText(event.account)
    if (event.instrument !== '' && event.instrument !== order.instrument) order.instrument = ownText(event.instrument)
    return order
  }

  #create(event: ReadOrder): OrderState {
    const { status, filled, time } = event
    const account = ownText(event.account)
    const instrument = ownText(event.instrument)
    const isUnknown = this.#legacyTotals && event.isTotalAbsent
    const total = isUnknown ? this.#totalAfter(event, 0) : event.total > 0 ? event.total : filled
    const order = { account, instrument, status, total, filled, time, booked: 0, position: undefined }
    this.orders.set(ownText(event.id), order)
    return order
  }

  #totalAfter(event: ReadOrder, before: number): number {
    if (!this.#legacyTotals || !event.isTotalAbsent) return event.total > 0 ? event.total : before
    return event.status === FILLED && before <= 0 ? event.filled : before
  }
}

/** The checks, in the original's order. A total of 0 or less is not known, and checks nothing. */
function refusalOf(order: OrderState, event: ReadOrder, total: number): string | undefined {
  const { status, filled } = event
  if (isTerminal(order.status)) return `the order has ended with status ${order.status}`
  if (filled < order.filled) return `filled volume falls from ${order.filled} to ${filled}`
  if (total > 0 && filled > total) return `filled volume ${filled} is more than the total of ${total}`
  if (status !== order.status && !NEXT_STATES[order.status]!.includes(status)) {
    return `status ${status} does not follow ${order.status}`
  }
  if (status === FILLED && total > 0 && filled !== total) return `filled with ${filled} of ${total}`
  if (status === PARTIALLY_FILLED && total > 0 && filled >= total) return `partially filled with ${filled} of ${total}`
  return undefined
}
