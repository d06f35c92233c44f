import { describe, expect, it } from 'vitest'
import { type EventStream, generatedEvents, repeatedEvents } from '../../tools/demo/events.ts'
import { isOrderEvent, type OrderEvent } from '../../tools/demo/order-event.ts'

function first(stream: EventStream, count: number): unknown[] {
  const events: unknown[] = []
  for (const event of stream.events()) if (events.push(event) === count) break
  return events
}

describe('generated events', () => {
  const events = first(generatedEvents(42), 20_000) as OrderEvent[]

  it('are the same again for the same seed, and others for another', () => {
    expect(first(generatedEvents(42), 20_000)).toEqual(events)
    expect(first(generatedEvents(43), 100)).not.toEqual(events.slice(0, 100))
  })

  it('are order events in time order, of all five types', () => {
    expect(events.every(isOrderEvent)).toBe(true)
    expect(events.every((event, i) => i === 0 || event.time > events[i - 1]!.time)).toBe(true)
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set([1, 2, 3, 4, 5]))
  })

  it('change only orders that rest, and by no more than what is left of them', () => {
    const remaining = new Map<number, number>()
    for (const { type, id, size } of events) {
      if (type === 5) continue
      if (type === 1) {
        expect(remaining.has(id)).toBe(false)
        remaining.set(id, size)
        continue
      }
      const left = remaining.get(id) ?? 0
      expect(size > 0 && size <= left && (type !== 3 || size === left)).toBe(true)
      if (size === left) remaining.delete(id)
      else remaining.set(id, left - size)
    }
  })
})

describe('events of a list', () => {
  const order = { time: 10, type: 1, id: 5, size: 1, price: 1, side: 1 }

  it('go on with later times and other orders when the list is at its end', () => {
    const stream = repeatedEvents('a list', [order, { note: 'x' }, { ...order, time: 12, type: 3 }])
    const events = first(stream, 6)
    expect(events.slice(0, 3)).toEqual([order, { note: 'x' }, { ...order, time: 12, type: 3 }])
    expect(events.slice(3)).toEqual([
      { ...order, time: 22, id: 11 },
      { note: 'x' },
      { ...order, time: 24, type: 3, id: 11 },
    ])
  })
})
