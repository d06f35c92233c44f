/**
 * Orders as bytes: one MessagePack array of columns, sorted by client order id, so that equal orders give equal bytes. A
 * column is encoded several times faster than as many objects.
 */

import { type Codec, createCodec } from '../codec/index.ts'
import { BookOrders } from './book-orders.ts'
import { ColumnWriter } from './column-writer.ts'
import { SIDES } from './order.ts'
import { isOrderStatus, type OrderStatus } from './order-machine.ts'
import {
  BOOKED,
  BOOKED_NOTIONAL,
  FILLED,
  hashOfId,
  type OrderTable,
  SIDE,
  STATUS,
  TIME_HIGH,
  TIME_LOW,
  TOTAL,
} from './order-table.ts'
import { storedDecimal } from './parse-decimal.ts'
import { snapshotError, storedBytes, storedList, storedNumber, storedText } from './stored-value.ts'

/** The columns of amounts. */
const AMOUNTS = [TOTAL, FILLED, BOOKED, BOOKED_NOTIONAL]
const TIME_BYTES = 8
const COLUMNS = 10

const codec: Codec = createCodec({ useBigInt64: false })

const writer = new ColumnWriter()

/** @returns bytes of their own */
export function packOrders(orders: BookOrders): Uint8Array {
  const { table } = orders
  const rows = orders.rows()
  writer.begin()
  writer.list(COLUMNS)
  writeTexts(table.ids, rows)
  writer.binary(bytesOf(table, rows, STATUS))
  writer.binary(bytesOf(table, rows, SIDE))
  writer.binary(timesOf(table, rows))
  for (const place of AMOUNTS) writeAmounts(table, rows, place)
  writeTexts(table.exchangeOrderIds, rows)
  writeTexts(table.reasons, rows)
  return writer.end()
}

function writeTexts(column: readonly string[], rows: Int32Array): void {
  writer.list(rows.length)
  for (let i = 0; i < rows.length; i++) writer.text(column[rows[i]!]!)
}

function bytesOf(table: OrderTable, rows: Int32Array, place: number): Uint8Array {
  const bytes = new Uint8Array(rows.length)
  for (let i = 0; i < rows.length; i++) bytes[i] = table.byte(rows[i]!, place)
  return bytes
}

function timesOf(table: OrderTable, rows: Int32Array): Uint8Array {
  const times = new DataView(new ArrayBuffer(rows.length * TIME_BYTES))
  for (let i = 0; i < rows.length; i++) {
    times.setInt32(i * TIME_BYTES, table.word(rows[i]!, TIME_LOW), true)
    times.setInt32(i * TIME_BYTES + 4, table.word(rows[i]!, TIME_HIGH), true)
  }
  return new Uint8Array(times.buffer)
}

function writeAmounts(table: OrderTable, rows: Int32Array, place: number): void {
  writer.list(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const stored = storedDecimal(table.amount(rows[i]!, place))
    if (typeof stored === 'number') writer.integer(stored)
    else writer.text(stored)
  }
}

/** @param table where they are put. @throws ERR_RINGWAL_INPUT for bytes that `packOrders` can not have made */
export function unpackOrders(bytes: Uint8Array, table: OrderTable): BookOrders {
  const columns = storedList(codec.decode(bytes), COLUMNS)
  const ids = storedList(columns[0])
  const count = ids.length
  const statuses = storedBytes(columns[1], count)
  const sides = storedBytes(columns[2], count)
  const timeBytes = storedBytes(columns[3], count * TIME_BYTES)
  const times = new DataView(timeBytes.buffer, timeBytes.byteOffset, timeBytes.byteLength)
  const numbers = columns.slice(4, 8).map((column) => storedList(column, count))
  const [exchangeIds, reasons] = columns.slice(8).map((column) => storedList(column, count))
  const orders = new BookOrders(table)
  let before = ''
  for (let i = 0; i < count; i++) {
    const id = storedText(ids[i])
    // No order has an empty id.
    if (id <= before) throw snapshotError('order ids that are not in order')
    before = id
    const row = orders.add(id, hashOfId(id))
    table.setByte(row, STATUS, storedStatus(statuses[i]!))
    table.setByte(row, SIDE, storedSide(sides[i]!))
    table.setWord(row, TIME_LOW, times.getInt32(i * TIME_BYTES, true))
    table.setWord(row, TIME_HIGH, times.getInt32(i * TIME_BYTES + 4, true))
    for (const [column, place] of AMOUNTS.entries()) table.setAmount(row, place, storedNumber(numbers[column]![i]))
    table.exchangeOrderIds[row] = storedText(exchangeIds![i])
    table.reasons[row] = storedText(reasons![i])
  }
  return orders
}

function storedStatus(value: number): OrderStatus {
  if (!isOrderStatus(value)) throw snapshotError(`an order of status ${value}`)
  return value
}

function storedSide(value: number): number {
  if (value >= SIDES.length) throw snapshotError(`an order of side ${value}`)
  return value
}
