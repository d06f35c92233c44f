/** The trading engine's replay once more, over whole files in memory: what a reader with a window must agree with. */
import { crc32 } from 'node:zlib'

interface Order {
  symbol: string
  side: string
  order_qty: number
  limit_price: number
  executed_qty: number
  avg_price: number
  venue_order_id: string
  status: string
  reason: string
  last: bigint
}

export interface OracleReplay {
  readonly entries_replayed: number
  readonly bytes_replayed: number
  readonly corrupted_entries: number
  readonly last: bigint
  readonly orders: ReadonlyMap<string, Order>
  readonly warnings: readonly string[]
}

/** @param files of a log, in order; texts are taken as one character a byte */
export function replayWhole(files: readonly Buffer[]): OracleReplay {
  const warnings: string[] = []
  const orders = new Map<string, Order>()
  const stats = { entries_replayed: 0, bytes_replayed: 0, corrupted_entries: 0 }
  let last = 0n
  const corrupt = (warning: string): void => {
    stats.corrupted_entries++
    warnings.push(warning)
  }
  for (const file of files) {
    for (let at = 0; at + 40 <= file.length; ) {
      const end = at + 40 + file.readUInt32LE(at + 28)
      const sequence = file.readBigUInt64LE(at + 8)
      const version = file.readUInt32LE(at + 4)
      if (file.readUInt32LE(at) !== 0x57414c45) {
        corrupt(`Invalid WAL entry magic at offset; offset = ${at}`)
        break
      }
      if (version !== 1) {
        corrupt(`Unsupported WAL version; header.version = ${version}`)
        break
      }
      if (end > file.length) {
        corrupt(`Truncated WAL entry at offset; offset = ${at}`)
        break
      }
      const payload = file.subarray(at + 40, end)
      if (crc32(payload) !== file.readUInt32LE(at + 32))
        corrupt(`WAL entry checksum mismatch at offset; offset = ${at}`)
      else if (sequence <= last) {
        const numbers = `header.sequence = ${sequence}; last_sequence = ${last}`
        warnings.push(`Skipping duplicate/out-of-order WAL entry; ${numbers}`)
      } else {
        if (last > 0n && sequence > last + 1n) {
          warnings.push(`WAL sequence gap detected; last_sequence = ${last}; header.sequence = ${sequence}`)
        }
        apply(orders, warnings, file[at + 24]!, new Fields(payload))
        stats.entries_replayed++
        stats.bytes_replayed += end - at
        last = sequence
      }
      at = end
    }
  }
  return { ...stats, last, orders, warnings }
}

/** Reads past the end give nothing, as in the original. */
class Fields {
  at = 0
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  text(): string {
    const size = this.take(4) ? this.bytes.readUInt32LE(this.at - 4) : undefined
    return size !== undefined && this.take(size) ? this.bytes.toString('latin1', this.at - size, this.at) : ''
  }

  byte(): number {
    return this.take(1) ? this.bytes[this.at - 1]! : 0
  }

  double(): number {
    return this.take(8) ? this.bytes.readDoubleLE(this.at - 8) : 0
  }

  long(): bigint {
    return this.take(8) ? this.bytes.readBigInt64LE(this.at - 8) : 0n
  }

  take(size: number): boolean {
    if (!this.has(size)) return false
    this.at += size
    return true
  }

  has(size: number): boolean {
    return this.at + size <= this.bytes.length
  }
}

type Orders = Map<string, Order>

function apply(orders: Orders, warnings: string[], type: number, f: Fields): void {
  if (type === 1) {
    const [id, symbol, side] = [f.text(), f.text(), f.byte() === 1 ? 'SELL' : 'BUY']
    f.at = f.has(2) ? f.at + 2 : f.bytes.length
    const [quantity, hasPrice, price] = [f.double(), f.byte(), f.double()]
    if (id === '') return
    if (orders.has(id)) warnings.push(`Skipping duplicate OrderNew during WAL replay; client_order_id = ${id}`)
    else note(orders, id, symbol, side, quantity, hasPrice === 0 ? 0 : price)
  } else if (type === 2) {
    const [id, venue, status, reason, time] = [f.text(), f.text(), f.text(), f.text(), f.long()]
    if (admits(orders, warnings, 'OrderUpdate', id, time)) update(orders, id, '', venue, status, reason, time)
  } else if (type === 3) {
    const [id, symbol, quantity, price, time] = [f.text(), f.text(), f.double(), f.double(), f.long()]
    if (admits(orders, warnings, 'OrderFill', id, time)) fill(orders, id, symbol, quantity, price, time)
  } else if (type === 4) {
    const [id, reason, time] = [f.text(), f.text(), f.long()]
    if (admits(orders, warnings, 'OrderCancel', id, time)) update(orders, id, '', '', 'CANCELED', reason, time)
  } else if (type === 5) restore(orders, f)
}

function restore(orders: Orders, f: Fields): void {
  orders.clear()
  if (!f.has(4)) return
  const count = f.bytes.readUInt32LE()
  f.at = 4
  for (let i = 0; i < count && f.has(1); i++) {
    const [id, symbol, side] = [f.text(), f.text(), f.text()]
    const [hasQuantity, quantity, hasLimit, limit] = [f.byte(), f.double(), f.byte(), f.double()]
    const [executed, average] = [f.double(), f.double()]
    const [venue, status, reason, time] = [f.text(), f.text(), f.text(), f.long()]
    f.long()
    if (id === '') continue
    note(orders, id, symbol, side === 'SELL' ? side : 'BUY', hasQuantity && quantity, hasLimit && limit)
    update(orders, id, side, venue, status, reason, time)
    if (executed > 0) fill(orders, id, symbol, executed, average, time)
  }
}

function admits(orders: Orders, warnings: string[], event: string, id: string, time: bigint): boolean {
  const order = orders.get(id)
  if (id === '') return false
  if (order === undefined) warnings.push(`${event} for unknown order during WAL replay; client_order_id = ${id}`)
  else if (time > 0n && order.last > 0n && time <= order.last) {
    const times = `ts_ns = ${time}; existing.last_ts_ns = ${order.last}`
    warnings.push(`Skipping out-of-order ${event} during WAL replay; client_order_id = ${id}; ${times}`)
    return false
  }
  return true
}

function at(orders: Orders, id: string): Order {
  const numbers = { order_qty: -1, limit_price: -1, executed_qty: 0, avg_price: 0, last: 0n }
  const fresh = { symbol: '', side: '', venue_order_id: '', status: '', reason: '', ...numbers }
  const order = orders.get(id) ?? fresh
  orders.set(id, order)
  return order
}

function note(orders: Orders, id: string, symbol: string, side: string, quantity: number, price: number): void {
  const order = at(orders, id)
  order.symbol = symbol || order.symbol
  order.side = side
  if (quantity > 0) order.order_qty = quantity
  if (price > 0) order.limit_price = price
}

function update(
  orders: Orders,
  id: string,
  side: string,
  venue: string,
  status: string,
  reason: string,
  time: bigint,
): void {
  const order = at(orders, id)
  order.side = side || order.side
  order.venue_order_id = venue || order.venue_order_id
  order.status = status || order.status
  order.reason = reason || order.reason
  if (time > 0n) order.last = time
}

function fill(orders: Orders, id: string, symbol: string, quantity: number, price: number, time: bigint): void {
  if (quantity <= 0) return
  const order = at(orders, id)
  order.symbol = symbol || order.symbol
  const total = order.executed_qty + quantity
  order.avg_price = total > 0 ? (order.avg_price * order.executed_qty + price * quantity) / total : 0
  order.executed_qty = total
  if (time > 0n) order.last = time
  if (order.order_qty === -1 || ['CANCELED', 'REJECTED', 'EXPIRED'].includes(order.status)) return
  if (total + 1e-12 >= order.order_qty) order.status = 'FILLED'
  else if (total > 0) order.status = 'PARTIALLY_FILLED'
}
