import { describe, expect, it } from 'vitest'
import { claimPad, claimSlot, lookAtTail, moveTail, Rig } from './ring-kit.ts'

/** Sends and receives until the tail is at the same place of the ring again, one lap later. */
function oneLap(rig: Rig): void {
  for (let i = 0; i < 128; i++) {
    rig.send(32, i)
    expect(rig.drain()).toEqual([i])
  }
}

describe('a thread that was stopped inside a claim, and looks at the ring of long ago', () => {
  it.each([0, 1, 2, 50])('can not claim a slot that was used and freed since, after %i laps', (laps) => {
    const rig = new Rig({ shared: true })
    const late = rig.ring.takeOwner()
    const view = lookAtTail(rig.ring)
    rig.send(32, 1)
    rig.drain()
    for (let i = 0; i < 127; i++) rig.send(32, i)
    rig.drain()
    for (let i = 0; i < laps; i++) oneLap(rig)
    const now = lookAtTail(rig.ring)
    expect([now.slot, now.offset]).toEqual([view.slot, view.offset])
    expect(claimSlot(rig.ring, view, late, 64)).toBe(false)
    expect(claimPad(rig.ring, view)).toBe(false)
    oneLap(rig)
  })

  it('can not claim a slot that is claimed', () => {
    const rig = new Rig({ shared: true })
    const view = lookAtTail(rig.ring)
    rig.send(32, 1)
    expect(claimSlot(rig.ring, view, rig.ring.takeOwner(), 64)).toBe(false)
    expect(rig.drain()).toEqual([1])
  })

  it.each([0, 1, 50])('can not move the tail again after %i laps', (laps) => {
    const rig = new Rig({ shared: true })
    const view = lookAtTail(rig.ring)
    rig.send(32, 1)
    rig.drain()
    for (let i = 0; i < laps; i++) oneLap(rig)
    expect(moveTail(rig.ring, view, 32)).toBe(false)
    oneLap(rig)
  })

  it('can not move a tail whose position is the same after 2^32 units, but whose sequence is another', () => {
    const rig = new Rig({ shared: true, startPosition: 2 ** 32 - 4 })
    rig.send(32, 1)
    rig.drain()
    const again = new Rig({ shared: true, startPosition: 2 ** 32 - 4, firstSequence: 5 })
    const view = lookAtTail(rig.ring)
    again.send(32, 1)
    again.drain()
    expect(lookAtTail(again.ring).tail & 0xffffffffn).toBe(view.tail & 0xffffffffn)
    expect(moveTail(again.ring, { ...view, slot: 0 }, 32)).toBe(false)
  })
})

describe('a free slot', () => {
  it('never holds the same word on two laps', () => {
    const rig = new Rig({ shared: true })
    const words = new Set<number>()
    for (let lap = 0; lap < 100; lap++) {
      words.add(lookAtTail(rig.ring).word)
      oneLap(rig)
    }
    expect(words.size).toBe(100)
  })

  it('nor where there is nothing but padding on every lap', () => {
    const rig = new Rig({ shared: true })
    const words = new Set<number>()
    for (let lap = 0; lap < 100; lap++) {
      for (let i = 0; i < 56; i++) rig.send(72, i)
      rig.drain()
      const view = lookAtTail(rig.ring)
      expect(view.offset).toBe(504)
      words.add(view.word)
    }
    expect(words.size).toBe(100)
  })
})
