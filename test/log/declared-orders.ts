/** A declared record, orders of many shapes, and a reducer over them, for the tests of this folder. */
import { type DeclaredRecord, defineRecord, field, type ReplayEntry } from '../../src/index.ts'

export interface Order {
  id: number
  account: string
  instrument: string
  side: 'buy' | 'sell'
  price: number
  at?: Date | undefined
  raw?: Uint8Array | undefined
  legs?: { count: number; note: string } | undefined
  meta?: unknown
}

export const Order: DeclaredRecord<Order> = defineRecord({
  name: 'order',
  type: 7,
  key: ['account', 'instrument'],
  fields: {
    id: field.u53(),
    account: field.string(),
    instrument: field.string(),
    side: field.enum('buy', 'sell'),
    price: field.f64(),
    at: field.optional(field.timestamp()),
    raw: field.optional(field.bytes()),
    legs: field.optional(field.nested({ count: field.u8(), note: field.string() })),
    meta: field.optional(field.any()),
  },
})

/** The order of a number: short ones, long ones, such as are not ASCII, and such as the general codec has to encode. */
export function orderOf(id: number): Order {
  const order: Order = {
    id,
    account: `ACC-${id % 17}`,
    instrument: id % 5 === 0 ? `螺纹钢${id % 3}` : `rb24${10 + (id % 40)}`,
    side: id % 2 === 0 ? 'buy' : 'sell',
    price: id % 11 === 0 ? -0 : id / 4,
  }
  if (id % 3 === 0) order.at = new Date(1_700_000_000_000 + id)
  if (id % 4 === 0) order.raw = new Uint8Array(id % 300).fill(id)
  if (id % 7 === 0) order.legs = { count: id % 256, note: 'né'.repeat(id % 100) }
  if (id % 13 === 0) order.meta = { from: ['desk', id] }
  return order
}

/** Volumes by account, as a reducer for `replay`. */
export function init(): Map<string, number> {
  return new Map()
}

export function apply(state: Map<string, number>, entry: ReplayEntry): void {
  const { account, price } = Order.decodeEntry(entry)
  state.set(account, (state.get(account) ?? 0) + price)
}

export function merge(states: Map<string, number>[]): Map<string, number> {
  const all = init()
  for (const [account, sum] of states.flatMap((state) => [...state])) all.set(account, (all.get(account) ?? 0) + sum)
  return all
}

export const types: readonly number[] = [Order.type]
