/** The recovery service's checks of its tables, in its words and its order. */
import type { Row } from '../../trading/service-columns.ts'
import { addDecimals, compareDecimals, decimalOf, decimalText, negative } from '../python/python-decimal.ts'
import { cellText, type Findings, numberIn } from './findings.ts'

const SIDES = ['buy', 'sell', 'long', 'short']
const LONG_SIDES = ['buy', 'long']
export const ACTIVE_STATUSES: readonly unknown[] = ['new', 'partially_filled']

const LOSS_MIN = -1000
const TOLERANCE = decimalOf(0.01)
const USDT_MIN = decimalOf(100)
const LEVERAGE_MAX = 10

/** Open positions: quantity, price, side, loss; and whether any order belongs to them. */
export function checkPositions(positions: readonly Row[], orders: Iterable<Row>): Findings {
  const [errors, warnings]: [string[], string[]] = [[], []]
  const open = positions.filter((row) => row['status'] === 'open')
  for (const row of open) {
    const name = `Position ${cellText(row['position_id'])}`
    const quantity = amountIn(row, 'quantity', name, errors)
    if (quantity !== undefined && quantity < 0) errors.push(`${name} has negative quantity`)
    if (!row['entry_price']) errors.push(`${name} missing entry price`)
    if (!SIDES.includes(String(row['side']))) errors.push(`${name} has invalid side: ${cellText(row['side'])}`)
    const profit = amountIn(row, 'unrealized_pnl', name, errors)
    if (profit !== undefined && profit < LOSS_MIN)
      warnings.push(`${name} has large unrealized loss: ${cellText(profit)}`)
  }
  return { errors, warnings: [...warnings, ...orphans(open, orders)] }
}

/** Told of each order without an id that belongs to the position too: to a join, that is no order. */
function orphans(open: readonly Row[], orders: Iterable<Row>): string[] {
  const known = new Map<unknown, { orders: number; withoutId: number }>()
  for (const row of open) known.set(row['position_id'], { orders: 0, withoutId: 0 })
  for (const order of orders) {
    const position = order['position_id'] === null ? undefined : known.get(order['position_id'])
    if (position === undefined) continue
    position.orders++
    if (order['order_id'] === null) position.withoutId++
  }
  return open.flatMap((row) => {
    const { orders: count, withoutId } = known.get(row['position_id'])!
    const message = `Position ${cellText(row['position_id'])} has no corresponding orders`
    return Array<string>(count === 0 ? 1 : withoutId).fill(message)
  })
}

/** Orders that are new or partially filled: client order ids that others have too, and what is filled of them. */
export function checkOrders(orders: () => Iterable<Row>): Findings {
  const [errors, warnings]: [string[], string[]] = [[], []]
  const isDouble = findDoubles(orders())
  for (const row of orders()) {
    if (!ACTIVE_STATUSES.includes(row['status'])) continue
    if (isDouble(row)) errors.push(`Duplicate client_order_id: ${cellText(row['client_order_id'])}`)
    const name = `Order ${cellText(row['order_id'])}`
    if (!row['filled_quantity']) continue
    const [filled, total] = [
      amountIn(row, 'filled_quantity', name, errors),
      neededAmount(row, 'quantity', name, errors),
    ]
    if (filled === undefined || total === undefined) continue
    if (filled > total) errors.push(`${name} filled quantity exceeds total quantity`)
    if (row['status'] === 'new' && filled > 0) warnings.push(`${name} has status 'new' but has fills`)
  }
  return { errors, warnings }
}

/** Whether orders of another id have the client order id of a row. What is null equals nothing. */
function findDoubles(orders: Iterable<Row>): (row: Row) => boolean {
  const known = new Map<unknown, Set<unknown>>()
  for (const { client_order_id: client, order_id: id } of orders) {
    if (client === null || id === null) continue
    known.set(client, (known.get(client) ?? new Set()).add(id))
  }
  return ({ client_order_id: client, order_id: id }) => id !== null && (known.get(client)?.size ?? 0) > 1
}

/** Balances: whether they add up, and are enough for the long positions. */
export function checkBalances(balances: readonly Row[], positions: readonly Row[]): Findings {
  const [errors, warnings]: [string[], string[]] = [[], []]
  for (const row of balances) {
    const asset = cellText(row['asset'])
    const name = `Balance of ${asset}`
    const columns = ['free_balance', 'locked_balance', 'total_balance']
    const amounts = columns
      .map((column) => neededAmount(row, column, name, errors))
      .filter((amount) => amount !== undefined)
      .map(decimalOf)
    const [free, locked, total] = amounts
    if (free === undefined || locked === undefined || total === undefined) continue
    const rest = addDecimals(addDecimals(free, locked), negative(total))
    if (compareDecimals(rest, TOLERANCE) > 0 || compareDecimals(negative(rest), TOLERANCE) > 0) {
      const sum = `free(${decimalText(free)}) + locked(${decimalText(locked)})`
      errors.push(`Balance mismatch for ${asset}: ${sum} != total(${decimalText(total)})`)
    }
    if (amounts.some(({ coefficient }) => coefficient < 0n)) errors.push(`Negative balance detected for ${asset}`)
    if (row['asset'] === 'USDT' && compareDecimals(total, USDT_MIN) < 0)
      warnings.push(`Low USDT balance: ${decimalText(total)}`)
  }
  return { errors, warnings: [...warnings, ...leverage(balances, positions)] }
}

function leverage(balances: readonly Row[], positions: readonly Row[]): string[] {
  // A sum of doubles, one after the other, as the service's database makes it.
  const exposure = positions
    .filter((row) => row['status'] === 'open' && LONG_SIDES.includes(String(row['side'])))
    .filter((row) => row['quantity'] !== null && row['entry_price'] !== null)
    .reduce((sum, row) => sum + (numberIn(row['quantity']) ?? 0) * (numberIn(row['entry_price']) ?? 0), 0)
  const balance = numberIn(balances.find((row) => row['asset'] === 'USDT')?.['total_balance'])
  if (!exposure || balance === undefined) return []
  const usdt = decimalOf(balance)
  const bound = { ...usdt, coefficient: usdt.coefficient * BigInt(LEVERAGE_MAX) }
  const isAbove = exposure === Number.POSITIVE_INFINITY || compareDecimals(decimalOf(exposure), bound) > 0
  const shown = Number.isFinite(exposure) ? decimalText(decimalOf(exposure)) : 'Infinity'
  return isAbove ? [`High leverage detected: exposure(${shown}) > 10x balance(${decimalText(usdt)})`] : []
}

/**
 * An amount, or undefined where there is none. Of one that is no number, the service made an exception that ended it: here it is
 * an error like the others.
 */
function amountIn(row: Row, column: string, name: string, errors: string[]): number | undefined {
  const cell = row[column] ?? null
  return cell === null || cell === '' ? undefined : neededAmount(row, column, name, errors)
}

/** As `amountIn`, where there must be one. */
function neededAmount(row: Row, column: string, name: string, errors: string[]): number | undefined {
  const cell = row[column] ?? null
  if (typeof cell === 'number' && Number.isFinite(cell)) return cell
  errors.push(`${name} has a ${column} that is no number: ${cellText(cell)}`)
  return undefined
}
