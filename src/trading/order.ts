import { add, type Decimal, multiply, signOf, subtract, ZERO } from './decimal.ts'
import type { OrderFacts, Side } from './order-event.ts'
import { nextTotal, type OrderProgress, type OrderStatus } from './order-machine.ts'
import type { Position } from './position.ts'

/** What an order begins with. */
export type OrderStart = Pick<
  OrderFacts,
  'status' | 'total' | 'filled' | 'time' | 'exchangeOrderId' | 'reason' | 'side'
>

/** An order as the events have made it. */
export class Order implements OrderProgress {
  status: OrderStatus
  total: Decimal
  filled: Decimal
  /** Of the last event that changed it, in nanoseconds since the Unix epoch. */
  time: bigint
  /** The last that was told. */
  exchangeOrderId: string
  reason: string
  /** As told by the first event that tells one. */
  side: Side | undefined
  /** What the ledger has taken of it: quantity, and price · quantity. */
  booked: Decimal = ZERO
  bookedNotional: Decimal = ZERO

  constructor(first: OrderStart) {
    this.status = first.status
    this.total = first.total
    this.filled = first.filled
    this.time = first.time
    this.exchangeOrderId = first.exchangeOrderId
    this.reason = first.reason
    this.side = first.side
  }

  /** Takes in an event that the state machine has accepted. */
  advance(event: OrderFacts): void {
    this.total = nextTotal(this, event)
    this.status = event.status
    this.filled = event.filled
    this.time = event.time
    if (event.exchangeOrderId !== '') this.exchangeOrderId = event.exchangeOrderId
    this.reason = event.reason
    this.side ??= event.side
  }

  /**
   * Books what the event says is filled and was not booked before. The filled volume counts over the whole order, on order
   * and trade events alike: so the fill that both tell is booked by the one that comes first, and a repeated event books
   * nothing. Without a price nothing is booked; a later event with a price makes up for it.
   *
   * A trade event's price is that of the trade. An order event's is the average over the order, so what it adds is
   * price · filled less what was booked: exact even if events between were lost or had no price, and equal, whichever of
   * the two kinds comes first.
   */
  book(event: OrderFacts, isTrade: boolean, position: Position): void {
    const { price, filled } = event
    if (signOf(price) <= 0) return
    const quantity = subtract(filled, this.booked)
    if (signOf(quantity) <= 0) return
    const notional = isTrade ? multiply(price, quantity) : subtract(multiply(price, filled), this.bookedNotional)
    position.fill(this.sells(event), quantity, notional, price.scale + quantity.scale)
    this.booked = filled
    this.bookedNotional = add(this.bookedNotional, notional)
  }

  private sells(event: OrderFacts): boolean {
    const side = event.side ?? this.side
    return side === undefined ? event.reason === 'short' : side === 'sell'
  }
}
