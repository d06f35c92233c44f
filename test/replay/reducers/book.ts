/** An exchange's order book, from the rows of its order file as maps: keyed by order id. */
import type { ReplayEntry } from '../../../src/index.ts'

export interface Row {
  readonly type: number
  readonly id: number
  readonly size: number
  readonly price: number
  readonly side: number
}

export interface Resting {
  readonly price: number
  readonly side: number
  size: number
}

export interface BookState {
  readonly orders: Map<number, Resting>
  /** Rows by type, shares executed, and their value in price units; events of orders that were there before. */
  readonly counts: number[]
  executedSize: number
  executedValue: bigint
  strangers: number
}

export function init(): BookState {
  return { orders: new Map(), counts: [0, 0, 0, 0, 0, 0], executedSize: 0, executedValue: 0n, strangers: 0 }
}

export function apply(state: BookState, entry: ReplayEntry): void {
  const { type, id, size, price, side } = entry.value as Row
  state.counts[type]!++
  if (type >= 4) {
    state.executedSize += size
    state.executedValue += BigInt(size) * BigInt(price)
  }
  if (type === 5) return
  if (type === 1) {
    state.orders.set(id, { price, side, size })
    return
  }
  const order = state.orders.get(id)
  if (order === undefined) state.strangers++
  else if (type === 3 || order.size <= size) state.orders.delete(id)
  else order.size -= size
}

export function merge(states: BookState[]): BookState {
  const all = init()
  for (const { orders, counts, executedSize, executedValue, strangers } of states) {
    for (const [id, order] of orders) all.orders.set(id, order)
    for (const [type, count] of counts.entries()) all.counts[type]! += count
    all.executedSize += executedSize
    all.executedValue += executedValue
    all.strangers += strangers
  }
  return all
}
