import { exactDouble, exactInteger } from '../exact-number.ts'

/** An order as the original's store held it. Empty texts are texts that are not known. */
export class OrderState {
  symbol = ''
  side = ''
  quantity: number | undefined = undefined
  limit: number | undefined = undefined
  executed = 0
  averagePrice = 0
  venueId = ''
  status = ''
  reason = ''
  /** Nanoseconds since the Unix epoch; 0 before the first event that has a time. */
  time = 0n

  /** @param other an order to be a copy of */
  constructor(other?: OrderState) {
    if (other !== undefined) Object.assign(this, other)
  }

  equals(other: OrderState): boolean {
    const names = Object.keys(this) as (keyof OrderState)[]
    return names.every((name) => Object.is(this[name], other[name]))
  }

  /** Takes in what a new order or a checkpoint says. What is empty, zero, negative or no number says nothing. */
  noteParameters(symbol: string, side: string, quantity: number, limit: number | null): void {
    if (symbol !== '') this.symbol = symbol
    this.side = side
    if (quantity > 0) this.quantity = quantity
    if (limit !== null && limit > 0) this.limit = limit
  }

  /** Takes in an update: what is not empty overwrites, whatever the status was. */
  update(side: string, venueId: string, status: string, reason: string, time: bigint): void {
    if (side !== '') this.side = side
    if (venueId !== '') this.venueId = venueId
    if (status !== '') this.status = status
    if (reason !== '') this.reason = reason
    if (time > 0n) this.time = time
  }

  /** Takes in a fill of a quantity that is not zero or negative. */
  fill(symbol: string, quantity: number, price: number, time: bigint): void {
    if (symbol !== '') this.symbol = symbol
    const executed = this.executed + quantity
    const notional = this.averagePrice * this.executed + price * quantity
    this.executed = executed
    this.averagePrice = executed > 0 ? notional / executed : 0
    if (time > 0n) this.time = time
    if (this.quantity === undefined || FINAL_BUT_FILLED.has(this.status)) return
    if (this.executed + TOLERANCE >= this.quantity) this.status = 'FILLED'
    else if (this.executed > 0) this.status = 'PARTIALLY_FILLED'
  }

  get isTerminal(): boolean {
    return this.status === 'FILLED' || FINAL_BUT_FILLED.has(this.status)
  }
}

/** How much of an order may be missing when it counts as filled. */
const TOLERANCE = 1e-12
/** Statuses that a fill does not change. */
const FINAL_BUT_FILLED: ReadonlySet<string> = new Set(['CANCELED', 'REJECTED', 'EXPIRED'])

/** An order in the form of the original's results: −1 for what it does not have. */
export interface OrderResult {
  readonly symbol: string
  readonly side: string
  readonly order_qty: number | string
  readonly limit_price: number | string
  readonly executed_qty: number | string
  readonly avg_price: number | string
  readonly venue_order_id: string
  readonly status: string
  readonly reason: string
  readonly last_ts_ns: number | string
}

export function orderResult(state: OrderState): OrderResult {
  return {
    symbol: state.symbol,
    side: state.side,
    order_qty: exactDouble(state.quantity ?? -1),
    limit_price: exactDouble(state.limit ?? -1),
    executed_qty: exactDouble(state.executed),
    avg_price: exactDouble(state.averagePrice),
    venue_order_id: state.venueId,
    status: state.status,
    reason: state.reason,
    last_ts_ns: exactInteger(state.time),
  }
}
