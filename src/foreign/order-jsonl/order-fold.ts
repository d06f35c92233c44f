import type { ReadOrder } from './order-reading.ts'
import { isTerminal, OrderTable } from './order-table.ts'
import { PositionLedger } from './position-ledger.ts'

/** Orders and positions from events in the order of their lines, as the original's replay built them. */
export class OrderFold {
  events = 0
  stateRejected = 0
  /** Events handed to the ledger, even if it did nothing with them. */
  ledgerApplied = 0
  readonly ledger: PositionLedger = new PositionLedger()
  readonly table: OrderTable

  /** @param legacyTotals whether an event without a total volume leaves the total unknown */
  constructor(legacyTotals: boolean) {
    this.table = new OrderTable(legacyTotals)
  }

  /** @returns why the event was refused, `undefined` if it was taken in */
  apply(event: ReadOrder): string | undefined {
    this.events++
    const order = this.table.apply(event)
    if (typeof order === 'string') {
      this.stateRejected++
      return order
    }
    this.ledger.apply(event, order)
    this.ledgerApplied++
    return undefined
  }

  /** Orders that have not ended. */
  countActive(): number {
    let active = 0
    for (const { status } of this.table.orders.values()) if (!isTerminal(status)) active++
    return active
  }
}
