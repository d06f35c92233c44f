import { add, type Decimal, multiply, signOf, subtract } from './decimal.ts'
import type { OrderFacts, Side } from './order-event.ts'
import { nextTotal, type OrderProgress, type OrderStatus } from './order-machine.ts'
import {
  BOOKED,
  BOOKED_NOTIONAL,
  FILLED,
  type OrderTable,
  SIDE,
  STATUS,
  TIME_HIGH,
  TIME_LOW,
  TOTAL,
} from './order-table.ts'
import type { Position } from './position.ts'
import { timeOf } from './time-halves.ts'

/** By the number that stands for each. */
export const SIDES: readonly (Side | undefined)[] = [undefined, 'buy', 'sell']

/** An order as the events have made it: a row of a table. */
export class Order implements OrderProgress {
  private readonly table: OrderTable
  private readonly row: number

  constructor(table: OrderTable, row: number) {
    this.table = table
    this.row = row
  }

  get status(): OrderStatus {
    return this.table.byte(this.row, STATUS) as OrderStatus
  }

  get total(): Decimal {
    return this.table.amount(this.row, TOTAL)
  }

  get filled(): Decimal {
    return this.table.amount(this.row, FILLED)
  }

  /** What the ledger has taken of it: quantity, and price · quantity. */
  get booked(): Decimal {
    return this.table.amount(this.row, BOOKED)
  }

  get bookedNotional(): Decimal {
    return this.table.amount(this.row, BOOKED_NOTIONAL)
  }

  /** As told by the first event that tells one. */
  get side(): Side | undefined {
    return SIDES[this.table.byte(this.row, SIDE)]
  }

  /** The last that was told. */
  get exchangeOrderId(): string {
    return this.table.exchangeOrderIds[this.row]!
  }

  get reason(): string {
    return this.table.reasons[this.row]!
  }

  /** Of the last event that changed it, in nanoseconds since the Unix epoch. */
  get time(): bigint {
    const { table, row } = this
    return timeOf(table.word(row, TIME_HIGH), table.word(row, TIME_LOW))
  }

  /** Takes in the event that makes it, or one that the state machine has accepted. */
  advance(event: OrderFacts): void {
    const { table, row } = this
    if (event.side !== undefined && table.byte(row, SIDE) === 0) table.setByte(row, SIDE, SIDES.indexOf(event.side))
    table.setAmount(row, TOTAL, nextTotal(this, event))
    table.setAmount(row, FILLED, event.filled)
    table.setByte(row, STATUS, event.status)
    table.setWord(row, TIME_HIGH, event.timeHigh)
    table.setWord(row, TIME_LOW, event.timeLow)
    if (event.exchangeOrderId !== '') table.exchangeOrderIds[row] = event.exchangeOrderId
    table.reasons[row] = event.reason
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
    const { table, row } = this
    const { price, filled } = event
    if (signOf(price) <= 0) return
    const quantity = subtract(filled, this.booked)
    if (signOf(quantity) <= 0) return
    const { bookedNotional } = this
    const notional = isTrade ? multiply(price, quantity) : subtract(multiply(price, filled), bookedNotional)
    position.fill(this.sells(event), quantity, notional, price.scale + quantity.scale)
    table.setAmount(row, BOOKED, filled)
    table.setAmount(row, BOOKED_NOTIONAL, add(bookedNotional, notional))
  }

  private sells(event: OrderFacts): boolean {
    const side = event.side ?? this.side
    return side === undefined ? event.reason === 'short' : side === 'sell'
  }
}
