import type { Appender } from '../../src/index.ts'
import { makeOrders, ORDER, ORDER_TYPE, type Order } from '../orders.ts'
import type { Encoding } from '../result.ts'

/** What is appended, in one of the ways to append. A process has one load, so that each loop meets one kind of record. */
export interface Load {
  /** @returns the LSN */
  append(log: Appender): number
  /** Without a pause. */
  appendMany(log: Appender, records: number): void
}

/** @param size payload bytes; for orders it is what their encoding gives */
export function loadOf({ encoding, size }: { readonly encoding: Encoding; readonly size: number }): Load {
  if (encoding === 'bytes') return bytesLoad(size)
  return encoding === 'declared' ? declaredLoad() : anyLoad()
}

function bytesLoad(size: number): Load {
  const payload = new Uint8Array(size).fill(5)
  return {
    append: (log) => log.appendBytes(payload),
    appendMany(log, records) {
      for (let i = 0; i < records; i++) log.appendBytes(payload)
    },
  }
}

function declaredLoad(): Load {
  const next = ordersInTurn()
  return {
    append: (log) => log.appendRecord(ORDER, next()),
    appendMany(log, records) {
      for (let i = 0; i < records; i++) log.appendRecord(ORDER, next())
    },
  }
}

/** With type and key as the declaration gives them, found beforehand. */
function anyLoad(): Load {
  const keyed = makeOrders().map((order) => ({ order, options: { type: ORDER_TYPE, key: ORDER.key(order) } }))
  let i = 0
  const append = (log: Appender): number => {
    const { order, options } = keyed[i++ & (keyed.length - 1)]!
    return log.append(order, options)
  }
  return {
    append,
    appendMany(log, records) {
      for (let done = 0; done < records; done++) append(log)
    },
  }
}

/** Other ones each time, so that no encoder sees the same object twice in a row. */
export function ordersInTurn(): () => Order {
  const orders = makeOrders()
  let i = 0
  return () => orders[i++ & (orders.length - 1)]!
}
