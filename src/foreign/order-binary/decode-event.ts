/**
 * Payloads, little-endian; a text is a u32 length and its bytes, an optional double a byte and the double.
 * - new: id, symbol, side u8 (1 sells), type u8, time in force u8, quantity f64, optional price
 * - update: id, venue id, status, reason, time i64
 * - fill: id, symbol, quantity f64, price f64, time i64
 * - cancel: id, reason, time i64
 * - checkpoint: u32 count; each order: id, symbol, side, optional quantity, optional limit, executed f64, average price f64,
 *   venue id, status, reason, time i64, created i64
 */
import {
  type CancelEvent,
  type CheckpointOrder,
  type FillEvent,
  type NewEvent,
  type OrderEvent,
  type OrderSide,
  TYPE_CANCEL,
  TYPE_CHECKPOINT,
  TYPE_FILL,
  TYPE_NEW,
  TYPE_ROTATION,
  TYPE_UPDATE,
  type UpdateEvent,
} from './order-events.ts'
import type { PayloadCursor } from './payload-cursor.ts'

/** Decodes a payload of any bytes. `cursor.fault` then says what does not fit. */
export function decodeEvent(type: number, cursor: PayloadCursor): OrderEvent {
  const event = decode(type, cursor)
  cursor.finish()
  return event
}

function decode(type: number, cursor: PayloadCursor): OrderEvent {
  switch (type) {
    case TYPE_NEW:
      return decodeNew(cursor)
    case TYPE_UPDATE:
      return decodeUpdate(cursor)
    case TYPE_FILL:
      return decodeFill(cursor)
    case TYPE_CANCEL:
      return decodeCancel(cursor)
    case TYPE_CHECKPOINT:
      return { kind: 'checkpoint', orders: [...checkpointOrders(cursor)] }
    case TYPE_ROTATION:
      return { kind: 'rotation' }
    default:
      return { kind: 'unknown', type, payload: cursor.rest() }
  }
}

/** The orders of a checkpoint one by one: as many as it says, or as its bytes have if those are fewer. */
export function* checkpointOrders(cursor: PayloadCursor): Generator<CheckpointOrder> {
  const count = cursor.count('number of orders')
  for (let order = 0; order < count; order++) {
    if (cursor.bytesLeft === 0) {
      cursor.fault ??= `it says ${count} orders and holds ${order}`
      return
    }
    // Even of one byte something is taken, so that this ends.
    yield decodeOrder(cursor)
  }
}

function decodeNew(cursor: PayloadCursor): NewEvent {
  const id = cursor.text('id')
  const symbol = cursor.text('symbol')
  const side = sideOf(cursor)
  const orderType = cursor.byte('order type')
  const timeInForce = cursor.byte('time in force')
  const quantity = cursor.double('quantity')
  return { kind: 'new', id, symbol, side, orderType, timeInForce, quantity, price: cursor.optional('price') }
}

/** The original took any byte but 1 for a buy. */
function sideOf(cursor: PayloadCursor): OrderSide {
  const side = cursor.byte('side')
  if (side > 1) cursor.fault ??= `its side is ${side}, neither 0 nor 1; taken as BUY`
  return side === 1 ? 'SELL' : 'BUY'
}

function decodeUpdate(cursor: PayloadCursor): UpdateEvent {
  const id = cursor.text('id')
  const venueId = cursor.text('venue id')
  const status = cursor.text('status')
  const reason = cursor.text('reason')
  return { kind: 'update', id, venueId, status, reason, time: cursor.time('time') }
}

function decodeFill(cursor: PayloadCursor): FillEvent {
  const id = cursor.text('id')
  const symbol = cursor.text('symbol')
  const quantity = cursor.double('quantity')
  const price = cursor.double('price')
  return { kind: 'fill', id, symbol, quantity, price, time: cursor.time('time') }
}

function decodeCancel(cursor: PayloadCursor): CancelEvent {
  const id = cursor.text('id')
  const reason = cursor.text('reason')
  return { kind: 'cancel', id, reason, time: cursor.time('time') }
}

/** Members are evaluated in the order in which they stand here, which is that of the bytes. */
function decodeOrder(cursor: PayloadCursor): CheckpointOrder {
  return {
    id: cursor.text('id'),
    symbol: cursor.text('symbol'),
    side: cursor.text('side'),
    quantity: cursor.optional('quantity'),
    limit: cursor.optional('limit'),
    executed: cursor.double('executed quantity'),
    averagePrice: cursor.double('average price'),
    venueId: cursor.text('venue id'),
    status: cursor.text('status'),
    reason: cursor.text('reason'),
    time: cursor.time('time'),
    created: cursor.time('time of creation'),
  }
}
