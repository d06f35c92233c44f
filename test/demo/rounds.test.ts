import { describe, expect, it } from 'vitest'
import type { EngineRecord } from '../../tools/demo/engine-record.ts'
import { generatedEvents, repeatedEvents } from '../../tools/demo/events.ts'
import { ExchangeDesk } from '../../tools/demo/exchange-desk.ts'
import { ROUND_EVENTS, roundsOf } from '../../tools/demo/rounds.ts'

function byOrder(records: readonly EngineRecord[]): Map<string, unknown[]> {
  const orders = new Map<string, unknown[]>()
  for (const { order, value } of records) orders.set(order, [...(orders.get(order) ?? []), value])
  return orders
}

describe('the rounds of an input', () => {
  const stream = generatedEvents(3)
  const rounds = roundsOf(stream)
  const sent = [rounds.next().value, rounds.next().value, rounds.next().value]
  const records = sent.flat(3) as EngineRecord[]

  it('hold every event once, and those of each order in order', () => {
    const desk = new ExchangeDesk()
    const events = stream.events()
    const expected = Array.from({ length: 3 * ROUND_EVENTS }, () => desk.tell(events.next().value))
    expect(records).toHaveLength(expected.length)
    expect(byOrder(records)).toEqual(byOrder(expected))
  })

  it('put records together that go the same way', () => {
    for (const batch of sent.flat(2) as EngineRecord[][]) expect(new Set(batch.map(({ path }) => path)).size).toBe(1)
    expect(sent.flat(2).length).toBeLessThan(3 * 4 * 8)
  })

  it('are the same again, also where all goes one way', () => {
    expect(roundsOf(stream).next().value).toEqual(sent[0])
    const [first] = roundsOf(repeatedEvents('notes', [{ note: 1 }, { note: 2 }])).next().value as EngineRecord[][][]
    expect(first).toHaveLength(1)
    expect(first![0]!.slice(0, 3).map(({ value }) => value)).toEqual([{ note: 1 }, { note: 2 }, { note: 1 }])
  })
})
