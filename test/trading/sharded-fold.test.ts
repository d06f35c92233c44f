import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reducer } from '../../src/replay/reducer.ts'
import { countingReducer, type TradingEntry, type TradingState, tradingReducer } from '../../src/trading/index.ts'
import * as module from '../../src/trading/reducer.ts'
import { balanceRecord, entriesOf, orderRecord, type Record, tradeRecord } from './helpers.ts'

/** A compile-time check: the module is a reducer. */
const reducer: Reducer<TradingState> = module

const name = fc.constantFrom('', 'a', 'b', 'acct-ü', 'constructor')
const amount = fc.constantFrom(0, 1, 2, 3, 5, 0.5, '0.1', '1e-8', '33.33333333', 'wrong', -1)
const orderFields = fc.record({
  account_id: name,
  instrument_id: name,
  client_order_id: fc.constantFrom('', 'o-1', 'o-2', 'o-3', '__proto__'),
  status: fc.constantFrom(0, 1, 2, 2, 2, 3, 4, 5),
  total_volume: amount,
  filled_volume: amount,
  avg_fill_price: amount,
  reason: fc.constantFrom('', 'short'),
})
const record: fc.Arbitrary<Record> = fc.oneof(
  { weight: 6, arbitrary: orderFields.map((fields) => orderRecord(fields as never)) },
  { weight: 6, arbitrary: orderFields.map((fields) => tradeRecord(fields as never)) },
  {
    weight: 2,
    arbitrary: fc.record({ account_id: name, currency: name, add: amount }).map((fields) => balanceRecord(fields)),
  },
  { weight: 1, arbitrary: orderFields.map((fields): Record => [77, orderRecord(fields as never)[1]]) },
)

/** Some records have a wrong key, or none. */
const entries = fc.array(fc.tuple(record, fc.nat(19)), { maxLength: 150 }).map((drawn): TradingEntry[] =>
  entriesOf(drawn.map(([made]) => made)).map((entry, index) => {
    const luck = drawn[index]![1]
    if (luck === 0) return { ...entry, key: 0 }
    return luck === 1 ? { ...entry, key: (entry.key % 1000) + 1 } : entry
  }),
)

const shardOf = (key: number, shards: number): number => key % shards

function fold(state: TradingState, records: readonly TradingEntry[]): TradingState {
  for (const { lsn, type, key, value } of records) module.apply(state, { lsn, type, key, value })
  return state
}

describe('shards by key, put together', () => {
  it('are the fold over all records, byte for byte, whatever their number, and across a snapshot', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 8 }), fc.nat(150), (records, shards, cut) => {
        const sequential = module.snapshot(fold(module.init(), records))
        const start = module.snapshot(fold(module.init(), records.slice(0, cut)))
        const rest = records.slice(cut)
        const states = Array.from({ length: shards }, (_, shard) => {
          const state = module.restore(start, (key) => shardOf(key, shards) === shard)
          fold(
            state,
            rest.filter(({ key }) => shardOf(key, shards) === shard),
          )
          return module.restore(module.snapshot(state))
        })
        expect(module.snapshot(module.merge(states))).toEqual(sequential)
      }),
      { numRuns: 300 },
    )
  })

  it('are refused if they hold the same orders', () => {
    const state = (): TradingState => fold(module.init(), entriesOf([orderRecord({ status: 1 })]))
    expect(() => module.merge([state(), state()])).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_INPUT' }))
    expect(module.snapshot(module.merge([]))).toEqual(module.snapshot(module.init()))
  })

  it('have the first problems of all, by LSN', () => {
    const wrong = Array.from({ length: 30 }, (_, index) => orderRecord({ account_id: `a-${index}`, ts_ns: 'x' }))
    const records = entriesOf(wrong)
    const states = [0, 1, 2].map((shard) =>
      fold(
        module.init(),
        records.filter(({ lsn }) => lsn % 3 === shard),
      ),
    )
    expect(module.merge(states).problems.map(({ lsn }) => lsn)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})

describe('the reducer module', () => {
  it('is a reducer, sharded by key, of the declared types', () => {
    expect(reducer.types).toEqual([1, 2, 3])
    expect(reducer.ordered).toBeUndefined()
  })

  it('has a twin that is handed records of every type', async () => {
    const { types, ...functions } = module
    expect({ ...(await import(countingReducer.href)) }).toEqual(functions)
  })

  it('stands where its URL says', async () => {
    const loaded: typeof module = await import(tradingReducer.href)
    expect(Object.keys(loaded).sort()).toEqual(['apply', 'init', 'label', 'merge', 'restore', 'snapshot', 'types'])
    expect(loaded.types).toEqual(module.types)
  })
})
