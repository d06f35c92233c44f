import { plainText } from '../foreign-text.ts'
import type { OrderFold } from './order-fold.ts'
import { isTerminal, type OrderState } from './order-table.ts'
import type { PositionState } from './position-ledger.ts'
import type { OrderJsonlOrder, OrderJsonlPosition } from './result.ts'
import { foreignTextOf, shownText } from './texts.ts'

/** What the original noted on every order that it recovered. */
const MESSAGE = 'recovered from wal'

/**
 * The orders by client order id, sorted by the ids' bytes.
 * @param onNotUtf8 told an id, as it is shown, that is no UTF-8
 */
export function listOrders({ table }: OrderFold, onNotUtf8: (id: string) => void): Map<string, OrderJsonlOrder> {
  const listed = new Map<string, OrderJsonlOrder>()
  for (const id of [...table.orders.keys()].sort(byBytes)) {
    const text = foreignTextOf(id)
    const shown = plainText(text)
    if (typeof text !== 'string') onNotUtf8(shown)
    listed.set(shown, orderOf(table.orders.get(id)!))
  }
  return listed
}

function orderOf({ account, instrument, status, total, filled, time }: OrderState): OrderJsonlOrder {
  return {
    account_id: shownText(account),
    instrument_id: shownText(instrument),
    status,
    total_volume: total,
    filled_volume: filled,
    last_update_ts_ns: String(time),
    is_terminal: isTerminal(status),
    message: MESSAGE,
  }
}

/** The positions, sorted. */
export function listPositions({ ledger }: OrderFold): OrderJsonlPosition[] {
  return [...ledger.positions.values()].sort(comparePositions).map((position) => ({
    account_id: shownText(position.account),
    instrument_id: shownText(position.instrument),
    direction: position.direction,
    volume: position.volume,
    avg_price: position.averagePrice,
    margin: position.margin,
    ts_ns: String(position.time),
  }))
}

/**
 * By account, then instrument, long before short. The order means nothing, but the recorded results of the original list the
 * longer instrument ids first: so compared, they are equal as they stand.
 */
function comparePositions(a: PositionState, b: PositionState): number {
  return (
    byBytes(a.account, b.account) ||
    b.instrument.length - a.instrument.length ||
    byBytes(a.instrument, b.instrument) ||
    byBytes(a.direction, b.direction)
  )
}

/** Texts of one character per byte. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
