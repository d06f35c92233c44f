/** Orders here held against those of an exchange. */
import { RingwalError } from '../../errors.ts'
import type { Row } from '../../trading/service-columns.ts'
import { ACTIVE_STATUSES } from './state-checks.ts'

/** What is told of an order that only we know. */
const TOLD = ['order_id', 'client_order_id', 'status', 'symbol', 'side', 'quantity', 'price'] as const

export interface StatusMismatch {
  readonly client_order_id: unknown
  readonly db_status: string
  readonly exchange_status: string
}

export interface Reconciliation {
  readonly is_reconciled: boolean
  /** As the exchange told them. */
  readonly missing_in_db: readonly unknown[]
  readonly missing_on_exchange: readonly Row[]
  readonly status_mismatches: readonly StatusMismatch[]
  readonly db_order_count: number
  readonly exchange_order_count: number
}

interface ExchangeOrder {
  readonly clientOrderId: string | number | boolean | null
  readonly status: string
}

/**
 * Holds active orders against those that an exchange has open, by their client order ids. Of several with the same id, the last
 * one counts.
 * @param exchange a list of orders with `clientOrderId` and `status`
 * @param isCompatible orders are reconciled even if their statuses differ, as they were to the recovery service
 * @throws ERR_RINGWAL_INPUT for an order of the exchange without these
 */
export function reconcileOrders(
  orders: Iterable<Row>,
  exchange: readonly unknown[],
  isCompatible: boolean,
): Reconciliation {
  const active = [...orders].filter((row) => ACTIVE_STATUSES.includes(row['status'])).map(toldOf)
  const here = new Map<unknown, Row>(active.map((row) => [row['client_order_id'] ?? null, row]))
  const there = new Map<unknown, ExchangeOrder>()
  for (const [index, order] of exchange.entries()) {
    const checked = exchangeOrder(order, index)
    there.set(checked.clientOrderId, order as ExchangeOrder)
  }
  const mismatches: StatusMismatch[] = []
  for (const [id, { status }] of there) {
    const row = here.get(id)
    if (row !== undefined && row['status'] !== status.toLowerCase())
      mismatches.push({ client_order_id: id, db_status: String(row['status']), exchange_status: status })
  }
  const missingHere = [...there].filter(([id]) => !here.has(id)).map(([, order]) => order)
  const missingThere = [...here].filter(([id]) => !there.has(id)).map(([, row]) => row)
  const differences = missingHere.length + missingThere.length + (isCompatible ? 0 : mismatches.length)
  return {
    is_reconciled: differences === 0,
    missing_in_db: missingHere,
    missing_on_exchange: missingThere,
    status_mismatches: mismatches,
    db_order_count: active.length,
    exchange_order_count: exchange.length,
  }
}

function toldOf(row: Row): Row {
  return Object.fromEntries(TOLD.map((column) => [column, row[column] ?? null]))
}

function exchangeOrder(order: unknown, index: number): ExchangeOrder {
  const fields = typeof order === 'object' && order !== null ? (order as Readonly<Record<string, unknown>>) : {}
  const { clientOrderId: id, status } = fields
  const hasId = Object.hasOwn(fields, 'clientOrderId') && (typeof id !== 'object' || id === null)
  if (hasId && typeof status === 'string') return order as ExchangeOrder
  const what = hasId ? 'status is no text' : 'clientOrderId is missing, or is a list or an object'
  throw new RingwalError('ERR_RINGWAL_INPUT', `order ${index + 1} of the exchange: ${what}`, { order: index + 1 })
}
