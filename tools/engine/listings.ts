/** The state, for whoever asks. It is that of all records up to `lsn`, durable or not. */

import { createHash } from 'node:crypto'
import {
  balanceRows,
  type OrderRow,
  orderRows,
  positionRows,
  type StatusName,
  snapshotOf,
  summaryOf,
} from '../../src/trading/index.ts'
import type { OrderEngine } from './order-engine.ts'

/** The first orders, by account, instrument and id; of a status, if one is given. */
export function listOrders(
  engine: OrderEngine,
  status: StatusName | undefined,
  limit: number,
): Record<string, unknown> {
  const { active, orders_by_status } = summaryOf(engine.trading)
  const orders: OrderRow[] = []
  let isCut = false
  if (limit > 0) {
    for (const row of orderRows(engine.trading)) {
      if (status !== undefined && row.status !== status) continue
      isCut = orders.length === limit
      if (isCut) break
      orders.push(row)
    }
  }
  return { lsn: engine.wal.lastLsn, active, orders_by_status, orders, truncated: isCut || limit === 0 }
}

export function listPositions({ wal, trading }: OrderEngine): Record<string, unknown> {
  return { lsn: wal.lastLsn, positions: positionRows(trading), balances: balanceRows(trading) }
}

/** Equal for equal states, and for no others: SHA-256 of the state's snapshot. Takes a second for a million orders. */
export function digestOf({ wal, trading }: OrderEngine): Record<string, unknown> {
  return { lsn: wal.lastLsn, sha256: createHash('sha256').update(snapshotOf(trading)).digest('hex') }
}
