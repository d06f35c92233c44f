import { Decoder, Encoder, encode } from '@msgpack/msgpack'
import { ordersInTurn } from '../measure/load.ts'
import { makeOrders, ORDER } from '../orders.ts'
import { type MicroTask, repeated } from './task.ts'

const OPERATIONS = 1000

/** The declared order of 13 members, by the ways there are to make bytes, or text, of it. */
export function orderEncodeTasks(): MicroTask[] {
  const target = new Uint8Array(1024)
  const view = new DataView(target.buffer)
  const encoder = new Encoder()
  const [declared, json, shared, plain] = [ordersInTurn(), ordersInTurn(), ordersInTurn(), ordersInTurn()]
  return [
    repeated('declared record', OPERATIONS, () => ORDER.encode(declared(), target, view, 0)),
    repeated('JSON.stringify', OPERATIONS, () => JSON.stringify(json())),
    repeated('msgpack, encodeSharedRef', OPERATIONS, () => encoder.encodeSharedRef(shared())),
    repeated('msgpack, encode', OPERATIONS, () => encode(plain())),
  ]
}

export function orderDecodeTasks(): MicroTask[] {
  const orders = makeOrders()
  const stored = inTurn(orders.map((order) => ORDER.encodeToBytes(order)))
  const texts = inTurn(orders.map((order) => JSON.stringify(order)))
  const others = inTurn(orders.map((order) => encode(order)))
  const decoder = new Decoder()
  return [
    repeated('declared record', OPERATIONS, () => ORDER.decode(stored())),
    repeated('JSON.parse', OPERATIONS, () => JSON.parse(texts())),
    repeated('msgpack, decode', OPERATIONS, () => decoder.decode(others())),
  ]
}

function inTurn<T>(values: readonly T[]): () => T {
  let i = 0
  return () => values[i++ % values.length]!
}
