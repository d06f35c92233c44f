/**
 * Orders as bytes: one MessagePack array of columns, sorted by client order id, so that equal orders give equal bytes. A
 * column is encoded several times faster than as many objects.
 */

import { type Codec, createCodec } from '../codec/index.ts'
import type { Decimal } from './decimal.ts'
import { Order } from './order.ts'
import type { Side } from './order-event.ts'
import { isOrderStatus, type OrderStatus } from './order-machine.ts'
import { storedDecimal } from './parse-decimal.ts'
import { snapshotError, storedBytes, storedList, storedNumber, storedText } from './stored-value.ts'

const SIDES: readonly (Side | undefined)[] = [undefined, 'buy', 'sell']
const TIME_BYTES = 8
const COLUMNS = 10

const codec: Codec = createCodec({ useBigInt64: false })

/** @returns bytes of their own */
export function packOrders(orders: ReadonlyMap<string, Order>): Uint8Array {
  const ids = [...orders.keys()].sort()
  const rows = ids.map((id) => orders.get(id)!)
  const times = new DataView(new ArrayBuffer(rows.length * TIME_BYTES))
  for (const [index, { time }] of rows.entries()) times.setBigInt64(index * TIME_BYTES, time, true)
  const columns = [
    ids,
    Uint8Array.from(rows, ({ status }) => status),
    Uint8Array.from(rows, ({ side }) => SIDES.indexOf(side)),
    new Uint8Array(times.buffer),
    rows.map(({ total }) => storedDecimal(total)),
    rows.map(({ filled }) => storedDecimal(filled)),
    rows.map(({ booked }) => storedDecimal(booked)),
    rows.map(({ bookedNotional }) => storedDecimal(bookedNotional)),
    rows.map(({ exchangeOrderId }) => exchangeOrderId),
    rows.map(({ reason }) => reason),
  ]
  return codec.encode(columns).slice()
}

/** @throws ERR_RINGWAL_INPUT for bytes that `packOrders` can not have made */
export function unpackOrders(bytes: Uint8Array): Map<string, Order> {
  const columns = storedList(codec.decode(bytes), COLUMNS)
  const ids = storedList(columns[0])
  const count = ids.length
  const statuses = storedBytes(columns[1], count)
  const sides = storedBytes(columns[2], count)
  const timeBytes = storedBytes(columns[3], count * TIME_BYTES)
  const times = new DataView(timeBytes.buffer, timeBytes.byteOffset, timeBytes.byteLength)
  const numbers = columns.slice(4, 8).map((column) => storedList(column, count))
  const [exchangeIds, reasons] = columns.slice(8).map((column) => storedList(column, count))
  const decimalAt = (column: number, row: number): Decimal => storedNumber(numbers[column]![row])
  const orders = new Map<string, Order>()
  let before = ''
  for (let row = 0; row < count; row++) {
    const id = storedText(ids[row])
    // No order has an empty id.
    if (id <= before) throw snapshotError('order ids that are not in order')
    before = id
    const order = new Order({
      status: storedStatus(statuses[row]!),
      side: storedSide(sides[row]!),
      time: times.getBigInt64(row * TIME_BYTES, true),
      total: decimalAt(0, row),
      filled: decimalAt(1, row),
      exchangeOrderId: storedText(exchangeIds![row]),
      reason: storedText(reasons![row]),
    })
    order.booked = decimalAt(2, row)
    order.bookedNotional = decimalAt(3, row)
    orders.set(id, order)
  }
  return orders
}

function storedStatus(value: number): OrderStatus {
  if (!isOrderStatus(value)) throw snapshotError(`an order of status ${value}`)
  return value
}

function storedSide(value: number): Side | undefined {
  if (value >= SIDES.length) throw snapshotError(`an order of side ${value}`)
  return SIDES[value]
}
