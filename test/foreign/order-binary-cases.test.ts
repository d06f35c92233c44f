/** Every case of the trading engine's replay gives what the original gave. */
import { describe, expect, it } from 'vitest'
import {
  type OrderReplayResult,
  orderBinaryJson,
  readOrderBinary,
  replayOrderBinary,
} from '../../src/foreign/order-binary/index.ts'
import { summaryLine } from '../../src/foreign/summary-line.ts'
import { casesOf, expectedOf, FIRST_FILE } from './binary-fixture.ts'

interface Case {
  readonly case: string
  readonly replay: Pick<OrderReplayResult, 'entries_replayed' | 'corrupted_entries'> & object
}

const WAL = `${casesOf('order-binary')}wal/`
const CASES = expectedOf<Case>('order-binary')

/** Cases in which nothing is wrong with the log. */
const WHOLE = ['lifecycle', 'checkpoint_crash', 'cancel', 'unknown_order_events', 'ts_zero_not_filtered']
const WHOLE_TOO = ['fill_unknown_qty_status', 'filled_then_new_status', 'hundred', 'mut_duplicate_entry']

describe.each(CASES)('$case', (known) => {
  it('is replayed to the counts, orders and warnings of the original', async () => {
    expect(await replayOrderBinary(WAL + known.case)).toMatchObject(known.replay)
  })

  it('gives exactly the same as JSON', async () => {
    const text = [...orderBinaryJson(await replayOrderBinary(WAL + known.case))].join('')
    expect(JSON.parse(text)).toEqual(known.replay)
  })

  it('is clean only if the log is whole and nothing that it says was lost', async () => {
    const { damageCount, counts } = await replayOrderBinary(WAL + known.case)
    const isClean = damageCount === 0 && counts.parseErrors === 0 && counts.stateRejected === 0
    expect(isClean).toBe([...WHOLE, ...WHOLE_TOO].includes(known.case))
  })

  it('adds its counts up', async () => {
    const { counts } = await replayOrderBinary(WAL + known.case)
    const { lines, events, ignored, parseErrors, stateRejected, ledgerApplied } = counts
    expect(lines).toBe(events + ignored + parseErrors)
    expect(events).toBe(stateRejected + ledgerApplied)
    expect(parseErrors).toBeGreaterThanOrEqual(known.replay.corrupted_entries)
  })
})

describe('an order log', () => {
  it('gives entries with sequence, time, type, key and event', async () => {
    const entries = []
    for await (const entry of readOrderBinary(`${WAL}checkpoint_crash`)) entries.push(entry)
    expect(entries.map(({ lsn, sequence, type }) => [lsn, sequence, type])).toEqual([
      [1, 1n, 1],
      [2, 2n, 2],
      [3, 3n, 5],
      [4, 4n, 1],
      [5, 5n, 3],
    ])
    const [first, second, third, fourth, fifth] = entries
    expect(first!.time).toBe(1_795_208_587_652_219_324n)
    expect(first!.key).toBe(second!.key)
    expect(third!.key).toBe(0)
    expect(new Set([first!.key, fourth!.key]).size).toBe(2)
    expect(fourth!.value).toEqual({
      kind: 'new',
      id: 'ORDER-002',
      symbol: 'ETHUSDT',
      side: 'SELL',
      orderType: 1,
      timeInForce: 0,
      quantity: 5,
      price: null,
    })
    expect(third!.value).toMatchObject({ orders: [{ id: 'ORDER-001', quantity: 1, limit: 50000, time: 1000n }] })
    expect(fifth).toMatchObject({ file: FIRST_FILE, offset: 402 })
  })

  it('may be one file', async () => {
    const dir = `${WAL}mut_first_file_magic_second_ok/`
    const { entries_replayed, current_sequence } = await replayOrderBinary(`${dir}orders_0000000000000002.wal`)
    expect({ entries_replayed, current_sequence }).toEqual({ entries_replayed: 2, current_sequence: 4 })
  })

  it('is read up to its first damage unless told otherwise', async () => {
    const sequences: bigint[] = []
    const read = async (): Promise<void> => {
      for await (const { sequence } of readOrderBinary(`${WAL}mut_payload_flip_entry3_skipped`))
        sequences.push(sequence)
    }
    await expect(read()).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'checksum', offset: 169 })
    expect(sequences).toEqual([1n, 2n])
  })

  it('has a summary line', async () => {
    const { counts } = await replayOrderBinary(`${WAL}lifecycle`)
    expect(summaryLine('wal', counts)).toBe(
      'WAL replay completed path=wal lines=8 events=5 ignored=3 parse_errors=0 state_rejected=0 ledger_applied=5',
    )
  })
})
