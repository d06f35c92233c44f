/**
 * The position ledger: average cost, exact.
 *
 * `cost` has the sign of the position: what was paid for a long one, less than 0 what was received for a short one. So
 * `realized - cost` is always, to the last digit, the money received less the money paid in all fills: what a division
 * rounds away of a share stays in the cost of the rest, and nothing leaks.
 */

import {
  absolute,
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  negate,
  proportion,
  signOf,
  subtract,
  ZERO,
} from './decimal.ts'
import { RowTable } from './row-table.ts'

/** Shares of a cost are rounded half-even to this many decimals, or to more if the fills' own notionals have more. */
export const SHARE_DECIMALS_MIN = 8

/** Places in a row: amounts, */
const NET = 0
const COST = 1
const REALIZED = 2
/** and two bytes. */
const DECIMALS_LOW = 0
const DECIMALS_HIGH = 1

export class Position {
  private readonly table: RowTable
  private readonly row: number

  /** @param row one that nobody else uses, of zeros */
  constructor(table: RowTable = new RowTable(), row: number = table.addRow()) {
    this.table = table
    this.row = row
    this.decimals = SHARE_DECIMALS_MIN
  }

  /** Above 0 long, below 0 short. */
  get net(): Decimal {
    return this.table.amount(this.row, NET)
  }

  set net(value: Decimal) {
    this.table.setAmount(this.row, NET, value)
  }

  get cost(): Decimal {
    return this.table.amount(this.row, COST)
  }

  set cost(value: Decimal) {
    this.table.setAmount(this.row, COST, value)
  }

  /** Profit of what was closed, less than 0 if a loss. */
  get realized(): Decimal {
    return this.table.amount(this.row, REALIZED)
  }

  set realized(value: Decimal) {
    this.table.setAmount(this.row, REALIZED, value)
  }

  /** Decimals to which shares of the cost are rounded, 8 to 65,535. */
  get decimals(): number {
    return this.table.byte(this.row, DECIMALS_LOW) | (this.table.byte(this.row, DECIMALS_HIGH) << 8)
  }

  set decimals(value: number) {
    this.table.setByte(this.row, DECIMALS_LOW, value & 0xff)
    this.table.setByte(this.row, DECIMALS_HIGH, value >> 8)
  }

  /**
   * Takes a fill in.
   * @param quantity above 0
   * @param notional price · quantity
   * @param decimals those that the notional may have: a share of the cost is not to be coarser than what it is made of
   */
  fill(isSell: boolean, quantity: Decimal, notional: Decimal, decimals: number): void {
    if (decimals > this.decimals) this.decimals = decimals
    const change = isSell ? negate(quantity) : quantity
    const flow = isSell ? negate(notional) : notional
    const { net, cost } = this
    this.net = add(net, change)
    if (signOf(net) * signOf(change) >= 0) {
      this.cost = add(cost, flow)
      return
    }
    const open = absolute(net)
    if (compare(quantity, open) < 0) this.close(cost, proportion(cost, quantity, open, this.decimals), flow)
    else this.flip(cost, proportion(flow, open, quantity, this.decimals), flow)
  }

  /** Closes what has cost `share`, of all that has cost `cost`. */
  private close(cost: Decimal, share: Decimal, flow: Decimal): void {
    this.realized = subtract(this.realized, add(flow, share))
    this.cost = subtract(cost, share)
  }

  /** Closes all with `closing` of the flow, and opens the other way with the rest, if there is one. */
  private flip(cost: Decimal, closing: Decimal, flow: Decimal): void {
    this.realized = subtract(this.realized, add(closing, cost))
    this.cost = subtract(flow, closing)
  }
}

/** Cost per unit, rounded half-even to the position's decimals; 0 of a flat position. */
export function averagePrice(position: Readonly<Position>): Decimal {
  return signOf(position.net) === 0 ? ZERO : divide(position.cost, position.net, position.decimals)
}

/** Part of the cost that must stand behind a position, exactly. @param rate such as 0.1 */
export function margin(position: Readonly<Position>, rate: Decimal): Decimal {
  return multiply(absolute(position.cost), rate)
}

/** What closing the whole position at `mark` would add to the realized profit, exactly. */
export function unrealizedProfit(position: Readonly<Position>, mark: Decimal): Decimal {
  return subtract(multiply(mark, position.net), position.cost)
}
