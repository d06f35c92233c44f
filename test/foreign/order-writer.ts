/** Order logs as the trading engine wrote them. */
import { crc32 } from 'node:zlib'
import type { CheckpointOrder, OrderEvent } from '../../src/foreign/order-binary/index.ts'

export interface WrittenEntry {
  readonly sequence: bigint
  readonly time?: bigint
  readonly type: number
  readonly payload: Uint8Array
  /** Fields that are other than the original would have written them. */
  readonly magic?: number
  readonly version?: number
  readonly payloadSize?: number
  readonly checksum?: number
  readonly reserved?: number
}

const TYPES = { new: 1, update: 2, fill: 3, cancel: 4, checkpoint: 5, rotation: 6 } as const

export function entryBytes(entry: WrittenEntry): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(40)
  header.writeUInt32LE(entry.magic ?? 0x57414c45, 0)
  header.writeUInt32LE(entry.version ?? 1, 4)
  header.writeBigUInt64LE(entry.sequence, 8)
  header.writeBigUInt64LE(entry.time ?? 1_795_208_587_644_463_013n + entry.sequence, 16)
  header.writeUInt8(entry.type, 24)
  header.writeUIntLE(entry.reserved ?? 0, 25, 3)
  header.writeUInt32LE(entry.payloadSize ?? entry.payload.length, 28)
  header.writeUInt32LE(entry.checksum ?? crc32(entry.payload), 32)
  // What stood in the writer's memory.
  header.writeUInt32LE(0x55e9, 36)
  return Buffer.concat([header, entry.payload])
}

/** The events as one file, numbered from `first` on. */
export function logBytes(events: readonly OrderEvent[], first = 1n): Buffer<ArrayBuffer> {
  return Buffer.concat(events.map((event, at) => entryBytes({ sequence: first + BigInt(at), ...entryOf(event) })))
}

export function entryOf(event: OrderEvent): { type: number; payload: Uint8Array } {
  if (event.kind === 'unknown') return { type: event.type, payload: event.payload }
  return { type: TYPES[event.kind], payload: Buffer.concat(partsOf(event)) }
}

function partsOf(event: Exclude<OrderEvent, { kind: 'unknown' }>): Uint8Array[] {
  switch (event.kind) {
    case 'new':
      return [
        ...texts(event.id, event.symbol),
        Uint8Array.of(event.side === 'SELL' ? 1 : 0, event.orderType, event.timeInForce),
        double(event.quantity),
        ...optional(event.price),
      ]
    case 'update':
      return [...texts(event.id, event.venueId, event.status, event.reason), time(event.time)]
    case 'fill':
      return [...texts(event.id, event.symbol), double(event.quantity), double(event.price), time(event.time)]
    case 'cancel':
      return [...texts(event.id, event.reason), time(event.time)]
    case 'checkpoint':
      return [count(event.orders.length), ...event.orders.flatMap(orderParts)]
    case 'rotation':
      return []
  }
}

function orderParts(order: CheckpointOrder): Uint8Array[] {
  return [
    ...texts(order.id, order.symbol, order.side),
    ...optional(order.quantity),
    ...optional(order.limit),
    double(order.executed),
    double(order.averagePrice),
    ...texts(order.venueId, order.status, order.reason),
    time(order.time),
    time(order.created),
  ]
}

function texts(...values: (string | Uint8Array)[]): Uint8Array[] {
  return values.flatMap((value) => {
    const bytes = Buffer.from(value as string)
    return [count(bytes.length), bytes]
  })
}

export function count(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function double(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

function optional(value: number | null): Uint8Array[] {
  return [Uint8Array.of(value === null ? 0 : 1), double(value ?? 0)]
}

function time(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return bytes
}
