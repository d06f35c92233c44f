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

/** Shares of a cost are rounded half-even to this many decimals, or to more if the fills' own notionals have more. */
export const SHARE_DECIMALS_MIN = 8

export class Position {
  /** Above 0 long, below 0 short. */
  net: Decimal = ZERO
  cost: Decimal = ZERO
  /** Profit of what was closed, less than 0 if a loss. */
  realized: Decimal = ZERO
  /** Decimals to which shares of the cost are rounded. */
  decimals: number = SHARE_DECIMALS_MIN

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
    if (signOf(this.net) * signOf(change) >= 0) {
      this.net = add(this.net, change)
      this.cost = add(this.cost, flow)
      return
    }
    const open = absolute(this.net)
    if (compare(quantity, open) < 0) this.close(proportion(this.cost, quantity, open, this.decimals), flow)
    else this.flip(proportion(flow, open, quantity, this.decimals), flow)
    this.net = add(this.net, change)
  }

  /** Closes what has cost `share`. */
  private close(share: Decimal, flow: Decimal): void {
    this.realized = subtract(this.realized, add(flow, share))
    this.cost = subtract(this.cost, share)
  }

  /** Closes all with `closing` of the flow, and opens the other way with the rest, if there is one. */
  private flip(closing: Decimal, flow: Decimal): void {
    this.close(this.cost, closing)
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
