import {
  DELETE,
  EXECUTION,
  HIDDEN_EXECUTION,
  isOrderEvent,
  NEW,
  type OrderEvent,
  PARTIAL_CANCEL,
} from './order-event.ts'
import { Random } from './random.ts'

/** Events that can be had again from the start, the same ones, as often as is wanted: event n goes to LSN n. */
export interface EventStream {
  /** For the heading. */
  readonly name: string
  /** Without end. */
  events(): Generator<unknown>
}

/** A market made up from a seed, in about the proportions of a real one. */
export function generatedEvents(seed: number): EventStream {
  return { name: `generated from seed ${seed}`, events: () => generate(seed) }
}

/** The events of a list, over and over. From the second pass on times and order ids go on where the last pass ended. */
export function repeatedEvents(name: string, list: readonly unknown[]): EventStream {
  return { name, events: () => repeat(list) }
}

interface RestingOrder {
  readonly id: number
  readonly price: number
  readonly side: number
  remaining: number
}

const OPENING_SECONDS = 34_200
const OPENING_PRICE = 5_853_300
const TICK = 100

function* generate(seed: number): Generator<OrderEvent> {
  const random = new Random(seed)
  const orders: RestingOrder[] = []
  let microseconds = 0
  let id = 16_000_000
  let middle = OPENING_PRICE
  for (;;) {
    microseconds += random.between(1, 2000)
    const time = OPENING_SECONDS + microseconds / 1e6
    middle = Math.max(100 * TICK, middle + random.between(-2, 2) * TICK)
    const draw = random.between(1, 1000)
    if (draw <= 480 || orders.length < 50) {
      id += random.between(1, 40)
      const order = placeOrder(random, id, middle)
      orders.push(order)
      yield { time, type: NEW, id, size: order.remaining, price: order.price, side: order.side }
    } else if (draw <= 507) {
      const side = random.between(0, 1) * 2 - 1
      yield { time, type: HIDDEN_EXECUTION, id: 0, size: random.between(1, 300), price: middle, side }
    } else {
      yield changeOrder(random, orders, time, draw)
    }
  }
}

function placeOrder(random: Random, id: number, middle: number): RestingOrder {
  const side = random.between(0, 1) * 2 - 1
  const price = middle - side * random.between(1, 60) * TICK
  const remaining = random.between(0, 2) === 0 ? random.between(1, 99) : 100 * random.between(1, 5)
  return { id, price, side, remaining }
}

/** A partial cancel, an execution or, most often, the end of an order. */
function changeOrder(random: Random, orders: RestingOrder[], time: number, draw: number): OrderEvent {
  const at = random.between(0, orders.length - 1)
  const order = orders[at]!
  const { id, price, side, remaining } = order
  const type = draw <= 520 && remaining > 1 ? PARTIAL_CANCEL : draw <= 580 ? EXECUTION : DELETE
  const size = type === DELETE ? remaining : random.between(1, type === EXECUTION ? remaining : remaining - 1)
  order.remaining -= size
  if (order.remaining === 0) {
    orders[at] = orders.at(-1)!
    orders.pop()
  }
  return { time, type, id, size, price, side }
}

function* repeat(list: readonly unknown[]): Generator<unknown> {
  let idStride = 1
  let timeStride = 0
  for (const event of list) {
    if (!isOrderEvent(event)) continue
    idStride = Math.max(idStride, event.id + 1)
    timeStride = Math.max(timeStride, event.time)
  }
  for (let pass = 0; ; pass++) {
    for (const event of list) {
      if (pass === 0 || !isOrderEvent(event)) yield event
      else yield { ...event, time: event.time + pass * timeStride, id: event.id + pass * idStride }
    }
  }
}
