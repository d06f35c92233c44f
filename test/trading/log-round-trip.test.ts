import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readWal, Wal } from '../../src/index.ts'
import { keyOf, snapshotOf, summaryOf, TradingState } from '../../src/trading/index.ts'
import { balanceRecord, order, orderRecord, type Record, tradeRecord } from './helpers.ts'

const dirs: string[] = []

afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

const records = (time: bigint | string): Record[] => [
  orderRecord({ status: 1, total_volume: 3, side: 'sell', ts_ns: time, seq: 2 }),
  tradeRecord({ filled_volume: 1, avg_fill_price: 4505.5, ts_ns: time }),
  orderRecord({ status: 3, filled_volume: 3, avg_fill_price: '4505.25', ts_ns: time }),
  orderRecord({ status: 4, filled_volume: 3, ts_ns: time }),
  balanceRecord({ set: '0.000000000000000001', ts_ns: time }),
]

describe('a log of trading events', () => {
  it.each([
    ['times as bigints', true, 1_700_000_000_123_456_789n],
    ['times as texts, in a log without bigints', false, '1700000000123456789'],
  ] as const)('makes the state that the engine had when it wrote it: %s', async (_, useBigInt64, time) => {
    const dir = mkdtempSync(join(tmpdir(), 'ringwal-trading-'))
    dirs.push(dir)
    const live = new TradingState()
    const wal = await Wal.open({ dir, useBigInt64 })
    for (const [type, value] of records(time)) {
      const key = keyOf(value)
      const lsn = wal.append(value, { type, key })
      live.apply({ lsn, type, key, value })
    }
    await wal.close()

    const replayed = new TradingState()
    for await (const entry of readWal(dir)) replayed.apply(entry)
    expect(snapshotOf(replayed)).toEqual(snapshotOf(live))
    expect(summaryOf(replayed)).toMatchObject({ events: 5, parse_errors: 0, state_rejected: 1, ledger_applied: 4 })
    expect(replayed.books.get('a-1', 'ag2406', keyOf(order()))?.orders.get('o-1')?.time).toBe(
      1_700_000_000_123_456_789n,
    )
  })

  it('has what is no MessagePack of an event counted with its LSN', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'ringwal-trading-'))
    dirs.push(dir)
    const wal = await Wal.open({ dir })
    wal.appendBytes(new Uint8Array([0xc1]), { type: 1, key: 5, codec: 'msgpack' })
    wal.appendBytes(new Uint8Array([1, 2]), { type: 2, key: 5 })
    await wal.close()
    const state = new TradingState()
    for await (const entry of readWal(dir)) state.apply(entry)
    expect(summaryOf(state)).toMatchObject({ events: 0, parse_errors: 2 })
    expect(state.problems.map(({ reason }) => reason.split(':')[0])).toEqual(['payload', 'event'])
  })
})
