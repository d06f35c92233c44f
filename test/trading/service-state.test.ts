/** The recovery service's state is the same by a replay, by a fold, and from a snapshot. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readWal, replay, Wal } from '../../src/index.ts'
import {
  ORDER_EVENT,
  SERVICE_EVENT,
  SERVICE_KINDS,
  SERVICE_TABLE_NAMES,
  type ServiceEntry,
  ServicePositions,
  ServiceState,
  serviceEventOf,
  serviceReducer,
} from '../../src/trading/index.ts'

const text = fc.constantFrom('a', 'b', 'USDT', 'long', '')
const cell = fc.oneof(
  fc.double({ noNaN: true }),
  text,
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
)
const NAMES = [
  ...['symbol', 'side', 'entry_price', 'quantity', 'asset', 'free_balance', 'filled_quantity', 'is_fully_filled'],
  ...['limit_type', 'new_tier', 'status', 'opened_at', 'closed_at', 'realized_pnl', 'client_order_id', 'toString'],
]
const event = fc.record({
  event_type: fc.constantFrom(...SERVICE_KINDS, 'OTHER'),
  aggregate_id: text,
  event_data: fc.dictionary(
    fc.constantFrom(...NAMES),
    fc.oneof({ weight: 9, arbitrary: cell }, { weight: 1, arbitrary: fc.constant([]) }),
  ),
})

function entriesOf(values: readonly unknown[]): ServiceEntry[] {
  return values.map((value, index) => ({
    lsn: index + 1,
    time: BigInt(index) * 1_000_000_007n,
    type: SERVICE_EVENT,
    value,
  }))
}

function foldOf(values: readonly unknown[]): ServiceState {
  const state = new ServiceState()
  for (const entry of entriesOf(values)) state.apply(entry)
  return state
}

const rowsOf = (state: ServiceState): unknown => SERVICE_TABLE_NAMES.map((name) => state.rows(name))

describe('a snapshot', () => {
  it('gives the state back, from which it goes on as before', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.nat(30), (events, at) => {
        const bytes = foldOf(events.slice(0, at)).snapshot()
        const state = ServiceState.restore(bytes)
        expect(Buffer.compare(state.snapshot(), bytes)).toBe(0)
        for (const entry of entriesOf(events).slice(at)) state.apply(entry)
        expect({ rows: rowsOf(state), counts: state.counts }).toEqual({
          ...{ rows: rowsOf(foldOf(events)), counts: foldOf(events).counts },
        })
      }),
    )
  })

  it('that is damaged is refused, or is one of another state', () => {
    const bytes = foldOf([{ event_type: 'TIER_CHANGED', aggregate_id: 't', event_data: { new_tier: 'x' } }]).snapshot()
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [0, 3, 7]) {
        const changed = bytes.slice()
        changed[at]! ^= 1 << bit
        try {
          expect(ServiceState.restore(changed)).toBeInstanceOf(ServiceState)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_RINGWAL_INPUT' })
        }
      }
    }
    expect(() => ServiceState.restore(new Uint8Array())).toThrow()
  })
})

describe('a log of service events', () => {
  it('is replayed by any number of threads to what a fold gives', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'ringwal-service-'))
    try {
      const events = fc.sample(event, { seed: 5, numRuns: 400 })
      const wal = await Wal.open({ dir, useBigInt64: true, segmentBytes: 1 << 16 })
      for (const [index, value] of events.entries()) {
        const key = index % 5
        wal.append(value, { type: SERVICE_EVENT, key })
        if (index % 7 === 0) wal.append({ a: index }, { type: ORDER_EVENT, key })
      }
      wal.append('no event', { type: SERVICE_EVENT })
      await wal.close()
      const folded = new ServiceState()
      for await (const entry of readWal(dir)) if (entry.type === SERVICE_EVENT) folded.apply(entry)
      for (const workers of [1, 3]) {
        const { state } = await replay<ServiceState>(dir, { reducer: serviceReducer, workers, chunkBytes: 4096 })
        expect(Buffer.compare(state.snapshot(), folded.snapshot())).toBe(0)
      }
      expect(folded.counts.parseErrors).toBeGreaterThan(1)
      expect(folded.counts.events).toBeGreaterThan(200)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})

describe('an event', () => {
  it('has the place and time of its record where it tells none', () => {
    const [entry] = entriesOf([{ event_type: 'OTHER', aggregate_id: 'x', event_data: '{"a":1}' }])
    expect(serviceEventOf({ ...entry!, time: 1_795_211_280_000_000_001n })).toEqual({
      ...{ kind: 'OTHER', id: 'x', data: { a: 1 }, sequence: 1, createdAt: '2026-11-20T21:48:00.000000001' },
    })
  })

  it.each([
    [5, 'event'],
    [{ aggregate_id: 'x', event_data: {} }, 'event_type'],
    [{ event_type: 'X', aggregate_id: null, event_data: {} }, 'aggregate_id'],
    [{ event_type: 'X', aggregate_id: 'x' }, 'event_data'],
    [{ event_type: 'X', aggregate_id: 'x', event_data: '[1]' }, 'event_data'],
    [{ event_type: 'X', aggregate_id: 'x', event_data: '{' }, 'event_data'],
    [{ event_type: 'X', aggregate_id: 'x', event_data: {}, created_at: 5 }, 'created_at'],
    [{ event_type: 'X', aggregate_id: 'x', event_data: {}, sequence_number: Number.NaN }, 'sequence_number'],
    [{ event_type: 'TIER_CHANGED', aggregate_id: 'x', event_data: { reason: '\ud800' } }, 'reason'],
  ])('is not %j: %s', (value, field) => {
    const state = foldOf([value])
    expect(state.counts).toEqual({ events: 0, ignored: 0, parseErrors: 1 })
    expect(state.problems[0]!.reason).toMatch(new RegExp(`^${field}: `))
    expect(rowsOf(state)).toEqual(SERVICE_TABLE_NAMES.map(() => []))
  })

  it('may itself say that its position is open again, or has another id', () => {
    const positions = new ServicePositions()
    const facts = { id: 'p', sequence: null, createdAt: null }
    positions.apply({ ...facts, kind: 'POSITION_UPDATED', data: { a: 1 } })
    expect(positions.total).toBe(0)
    positions.apply({ ...facts, kind: 'POSITION_OPENED', data: { id: 'q' } })
    positions.apply({ ...facts, kind: 'POSITION_CLOSED', data: { status: 'open' } })
    expect([...positions.open()]).toEqual([
      [
        'p',
        new Map([
          ['id', 'q'],
          ['status', 'open'],
        ]),
      ],
    ])
    positions.apply({ ...facts, kind: 'POSITION_CLOSED', data: {} })
    expect([positions.total, positions.open().size]).toEqual([1, 0])
  })
})
