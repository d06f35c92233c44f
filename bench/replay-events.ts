/** Order events as a gateway writes them: every order is new, accepted, filled in part, and filled. */
import type { OrderEvent } from '../src/trading/index.ts'

/** Accounts times instruments, over which the orders are spread. */
const PAIRS = 2000
const EVENTS_PER_ORDER = 4
/** Orders that are open at a time. */
const OPEN = 500
const START_NS = 1_700_000_000_000_000_000n

/** @param count a multiple of 2,000 */
export function* orderEvents(count: number): Generator<OrderEvent> {
  for (let first = 0; first < count / EVENTS_PER_ORDER; first += OPEN) {
    for (let step = 0; step < EVENTS_PER_ORDER; step++) {
      for (let order = first; order < first + OPEN; order++) yield eventOf(order, step)
    }
  }
}

function eventOf(order: number, step: number): OrderEvent {
  const pair = Math.imul(order, 2654435761) >>> 0
  const time = START_NS + BigInt(order) * 1_000_003n + BigInt(step) * 250_000n
  const price = 4500 + (order % 400) / 4
  return {
    seq: BigInt(order * EVENTS_PER_ORDER + step),
    exchange_ts_ns: time - 1500n,
    recv_ts_ns: time - 700n,
    ts_ns: time,
    account_id: `acct-${(pair % PAIRS) % 40}`,
    client_order_id: `ord-${order}`,
    exchange_order_id: `ex-${order}`,
    instrument_id: `SHFE.ag${2400 + Math.floor((pair % PAIRS) / 40)}`,
    side: order % 3 === 0 ? 'sell' : 'buy',
    status: step as OrderEvent['status'],
    total_volume: 10,
    filled_volume: step < 2 ? 0 : step === 2 ? 4 : 10,
    avg_fill_price: step < 2 ? 0 : price,
    reason: '',
    trace_id: 'trace',
  }
}
