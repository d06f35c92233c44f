/** A log of many orders: what an engine has, what a reader makes of the log, and what threads make of it, is one state. */
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readWal, replay, Wal } from '../../src/index.ts'
import {
  BALANCE_EVENT,
  keyOf,
  ORDER_EVENT,
  type OrderEvent,
  orderRows,
  restoreState,
  snapshotOf,
  TRADE_EVENT,
  TradingState,
  tradingReducer,
} from '../../src/trading/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const EVENTS = 12_000
const live = new TradingState()
let dir: string

/** Orders that are filled step by step, with amounts of all kinds; some fields are left out, some events repeated or wrong. */
function eventOf(random: SeededRandom, i: number): OrderEvent {
  const step = random.below(4)
  const event: Record<string, unknown> = {
    account_id: `acct-${random.below(9)}`,
    instrument_id: random.pick(['ag2406', '螺纹钢', 'BTC-USD']),
    client_order_id: `ord-${Math.floor(i / 4) - random.below(20)}`,
    status: random.chance(0.02) ? 9 : step,
    filled_volume: random.pick([0, step * 2, String(step * 2.5), step * 2.5]),
    ts_ns: 1_700_000_000_000_000_000n + BigInt(i),
    total_volume: 10,
    avg_fill_price: random.pick([0, 4505.25, '4505.50', '0.00000001', '98765432109876543210.5']),
  }
  if (random.chance(0.7)) event['side'] = random.pick(['buy', 'sell'])
  if (random.chance(0.6)) event['exchange_order_id'] = `ex-${i}`
  if (random.chance(0.3)) event['reason'] = random.pick(['', 'short', null, 'no money'])
  return event as unknown as OrderEvent
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ringwal-trading-'))
  const random = new SeededRandom(11)
  const wal = await Wal.open({ dir, useBigInt64: true, segmentBytes: 1 << 19 })
  for (let i = 0; i < EVENTS; i++) {
    const event = random.chance(0.02)
      ? { account_id: `acct-${random.below(9)}`, currency: 'USD', add: 5, ts_ns: BigInt(i) }
      : eventOf(random, i)
    const type = 'currency' in event ? BALANCE_EVENT : random.pick([ORDER_EVENT, TRADE_EVENT])
    const value = event as OrderEvent
    const key = random.chance(0.01) ? 0 : keyOf(value)
    const lsn = wal.append(value, { type, key })
    live.apply({ lsn, type, key, value })
  }
  await wal.close()
})

afterAll(() => rmSync(dir, { recursive: true }))

describe('a log of many orders', () => {
  it('has some of everything', () => {
    const { events, parseErrors, stateRejected } = live.counts
    expect(events + parseErrors).toBe(EVENTS)
    expect(Math.min(parseErrors, stateRejected, live.splits)).toBeGreaterThan(5)
    expect([...orderRows(live)].length).toBeGreaterThan(1000)
  })

  it('gives the state of the engine that wrote it, read and replayed by any number of threads', async () => {
    const expected = Buffer.from(snapshotOf(live))
    const read = new TradingState()
    for await (const entry of readWal(dir)) read.apply(entry)
    expect(expected.equals(snapshotOf(read))).toBe(true)
    for (const workers of [1, 2, 3]) {
      const { state } = await replay<TradingState>(dir, { reducer: tradingReducer, workers, chunkBytes: 1 << 16 })
      expect(expected.equals(snapshotOf(state)), `${workers} workers`).toBe(true)
      expect([...orderRows(state)]).toEqual([...orderRows(live)])
    }
  })

  it('goes on from a snapshot in its middle', async () => {
    const half = new TradingState()
    for await (const entry of readWal(dir, { to: EVENTS / 2 })) half.apply(entry)
    const snapshot = { lsn: EVENTS / 2, bytes: snapshotOf(half) }
    const { state } = await replay<TradingState>(dir, { reducer: tradingReducer, workers: 2, snapshot })
    expect(Buffer.from(snapshotOf(state)).equals(snapshotOf(live))).toBe(true)
    const rest = restoreState(snapshot.bytes)
    for await (const entry of readWal(dir, { from: EVENTS / 2 + 1 })) rest.apply(entry)
    expect(Buffer.from(snapshotOf(rest)).equals(snapshotOf(live))).toBe(true)
  })
})
