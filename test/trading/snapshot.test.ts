import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderRows, positionRows, restoreState, snapshotOf, summaryOf } from '../../src/trading/index.ts'
import { balanceRecord, entriesOf, foldOf, orderRecord, type Record, tradeRecord } from './helpers.ts'
import { reasonOf, whole } from './snapshot-kit.ts'

describe('a snapshot', () => {
  it('gives back the state, and the same bytes, with its orders unpacked or not', () => {
    const bytes = snapshotOf(whole())
    const restored = restoreState(bytes)
    expect(snapshotOf(restored)).toEqual(bytes)
    expect(summaryOf(restored)).toEqual(summaryOf(whole()))
    expect([...orderRows(restored)]).toEqual([...orderRows(whole())])
    expect(positionRows(restored)).toEqual(positionRows(whole()))
    expect(snapshotOf(restored)).toEqual(bytes)
  })

  it('is the same for equal states, in whatever order they came about', () => {
    const accounts = ['b', 'a', '', 'ü', 'a\0', '\u{1f600}', '\uffff']
    const records = accounts.flatMap((account_id): Record[] => [
      orderRecord({ account_id, client_order_id: `${account_id}2`, filled_volume: '1.50', avg_fill_price: '2' }),
      orderRecord({ account_id, client_order_id: `${account_id}1`, filled_volume: 2, avg_fill_price: 2 }),
      balanceRecord({ account_id, set: '1e2' }),
    ])
    // The same amounts, written in another way.
    const same = accounts.flatMap((account_id): Record[] => [
      orderRecord({ account_id, client_order_id: `${account_id}2`, filled_volume: 1.5, avg_fill_price: 2n }),
      orderRecord({ account_id, client_order_id: `${account_id}1`, filled_volume: '2.000', avg_fill_price: '2.0' }),
      balanceRecord({ account_id, set: 100 }),
    ])
    const bytes = snapshotOf(foldOf(records))
    fc.assert(
      fc.property(fc.shuffledSubarray(same, { minLength: same.length }), (shuffled) => {
        expect(snapshotOf(foldOf(shuffled))).toEqual(bytes)
      }),
      { numRuns: 50 },
    )
  })

  it('goes on as the state it was taken of goes on', () => {
    const more = [
      tradeRecord({ status: 3, filled_volume: 10, avg_fill_price: 3 }),
      tradeRecord({ client_order_id: 'o-3', side: 'sell', filled_volume: 11, avg_fill_price: 7 }),
      balanceRecord({ add: '0.5' }),
    ]
    const live = whole()
    const restored = restoreState(snapshotOf(live))
    const entries = entriesOf(more)
    for (const state of [live, restored]) for (const entry of entries) state.apply(entry)
    expect(snapshotOf(restored)).toEqual(snapshotOf(live))
  })

  it('is restored by shards: each takes its own, together they are the whole', () => {
    const bytes = snapshotOf(whole())
    for (const shards of [1, 2, 3, 8]) {
      const parts = Array.from({ length: shards }, (_, shard) => restoreState(bytes, (key) => key % shards === shard))
      expect(parts.filter(({ counts }) => counts.events > 0)).toHaveLength(1)
      expect(parts.reduce((sum, part) => sum + [...orderRows(part)].length, 0)).toBe(4)
      const [first, ...others] = parts
      for (const other of others.reverse()) first!.absorb(other)
      expect(snapshotOf(first!)).toEqual(bytes)
    }
  })

  it('that was damaged is refused, wherever the flipped bit or the cut is', () => {
    const bytes = snapshotOf(whole())
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(reasonOf(flipped)).toBe('their checksum does not hold')
    }
    for (let length = 0; length < bytes.length; length++) expect(reasonOf(bytes.slice(0, length))).toBeTypeOf('string')
    expect(reasonOf(new Uint8Array(3))).toBe('there are too few')
  })
})
