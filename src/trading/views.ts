/** The state for people and for JSON: plain rows, amounts as decimal texts, sorted by account and name. */

import { RingwalError } from '../errors.ts'
import type { Book } from './book.ts'
import { absolute, type Decimal, divide, signOf } from './decimal.ts'
import { parseQuantity, QUANTITY_ALLOWED, type Quantity } from './event-fields.ts'
import type { Order } from './order.ts'
import type { Side } from './order-event.ts'
import { isTerminal, type OrderStatus, STATUS_NAMES, type StatusName } from './order-machine.ts'
import { averagePrice, margin, unrealizedProfit } from './position.ts'
import type { Problem, TradingState } from './trading-state.ts'

export interface OrderRow {
  readonly account_id: string
  readonly instrument_id: string
  readonly client_order_id: string
  readonly exchange_order_id: string
  readonly status: StatusName
  readonly is_terminal: boolean
  /** Null: as told by `reason`. */
  readonly side: Side | null
  /** Null: not known. */
  readonly total_volume: string | null
  readonly filled_volume: string
  /** Average price of what the ledger has booked of it, rounded half-even; null: nothing yet. */
  readonly avg_fill_price: string | null
  readonly reason: string
  readonly last_update_ts_ns: string
}

export interface PositionRow {
  readonly account_id: string
  readonly instrument_id: string
  readonly direction: 'long' | 'short' | 'flat'
  /** Without a sign. */
  readonly volume: string
  /** Rounded half-even; all other amounts are exact. */
  readonly avg_price: string
  readonly cost: string
  readonly margin: string
  readonly realized_profit: string
  /** Only where a mark price was given. */
  readonly unrealized_profit?: string
}

export interface BalanceRow {
  readonly account_id: string
  readonly currency: string
  readonly amount: string
  readonly last_update_ts_ns: string
}

export interface PositionOptions {
  /** Part of the cost that is margin, 0 or more. 0.1 by default. */
  readonly marginRate?: Quantity
  /** Mark price of an instrument, if there is one. */
  readonly mark?: (instrument: string) => Quantity | undefined
}

/** The counts of a replay under the names of its summary line, and what was not taken: the first of it. */
export interface SummaryRow {
  readonly events: number
  readonly ignored: number
  readonly parse_errors: number
  readonly state_rejected: number
  readonly ledger_applied: number
  /** Orders that are neither filled nor canceled nor rejected. */
  readonly active: number
  readonly orders_by_status: Readonly<Record<StatusName, number>>
  /** Not 0: events of this many accounts and instruments, or currencies, have different keys, and their rows are in parts. */
  readonly splits: number
  readonly problems: readonly Problem[]
}

export function summaryOf(state: TradingState): SummaryRow {
  const { events, ignored, parseErrors, stateRejected, ledgerApplied } = state.counts
  const counts = STATUS_NAMES.map(() => 0)
  for (const [, , book] of state.books.entries()) {
    for (const [status, count] of book.statusCounts.entries()) counts[status]! += count
  }
  const byStatus = STATUS_NAMES.map((name, status) => [name, counts[status]!] as const)
  return {
    events,
    ignored,
    parse_errors: parseErrors,
    state_rejected: stateRejected,
    ledger_applied: ledgerApplied,
    active: counts.reduce((sum, count, status) => (isTerminal(status as OrderStatus) ? sum : sum + count), 0),
    orders_by_status: Object.fromEntries(byStatus) as Record<StatusName, number>,
    splits: state.splits,
    problems: state.problems,
  }
}

/** One row at a time, as there may be millions; sorted by client order id within an account and instrument. */
export function* orderRows(state: TradingState): Generator<OrderRow> {
  for (const [, , book] of state.books.sorted()) {
    for (const [id, order] of book.orders.entries()) yield orderRow(book, id, order)
  }
}

function orderRow(book: Book, id: string, order: Order): OrderRow {
  const { booked, bookedNotional, total } = order
  const { decimals } = book.position
  return {
    account_id: book.account,
    instrument_id: book.instrument,
    client_order_id: id,
    exchange_order_id: order.exchangeOrderId,
    status: STATUS_NAMES[order.status],
    is_terminal: isTerminal(order.status),
    side: order.side ?? null,
    total_volume: signOf(total) > 0 ? total.toString() : null,
    filled_volume: order.filled.toString(),
    avg_fill_price: signOf(booked) > 0 ? divide(bookedNotional, booked, decimals).toString() : null,
    reason: order.reason,
    last_update_ts_ns: String(order.time),
  }
}

/**
 * Open positions, and flat ones that have realized a profit or a loss.
 * @throws ERR_RINGWAL_INPUT for a rate or a mark that is none
 */
export function positionRows(state: TradingState, options: PositionOptions = {}): PositionRow[] {
  const rate = checked('marginRate', options.marginRate ?? '0.1')
  const rows: PositionRow[] = []
  for (const [account, instrument, { position }] of state.books.sorted()) {
    if (signOf(position.net) === 0 && signOf(position.realized) === 0) continue
    const mark = options.mark?.(instrument)
    rows.push({
      account_id: account,
      instrument_id: instrument,
      direction: DIRECTIONS[signOf(position.net) + 1]!,
      volume: absolute(position.net).toString(),
      avg_price: averagePrice(position).toString(),
      cost: position.cost.toString(),
      margin: margin(position, rate).toString(),
      realized_profit: position.realized.toString(),
      ...(mark !== undefined && { unrealized_profit: unrealizedProfit(position, checked('mark', mark)).toString() }),
    })
  }
  return rows
}

const DIRECTIONS = ['short', 'flat', 'long'] as const

export function balanceRows(state: TradingState): BalanceRow[] {
  return [...state.balances.sorted()].map(([account, currency, { amount, time }]) => {
    return { account_id: account, currency, amount: amount.toString(), last_update_ts_ns: String(time) }
  })
}

function checked(field: string, value: Quantity): Decimal {
  const quantity = parseQuantity(value)
  if (quantity !== undefined) return quantity
  throw new RingwalError(
    'ERR_RINGWAL_INPUT',
    `${field}: ${String(value)} is not allowed; allowed: ${QUANTITY_ALLOWED}`,
    {
      field,
      value: String(value),
      allowed: QUANTITY_ALLOWED,
    },
  )
}
