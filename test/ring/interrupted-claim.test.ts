import { describe, expect, it } from 'vitest'
import { claimPad, claimSlot, fill, lookAtTail, moveTail, Rig } from './ring-kit.ts'

describe('a living thread, stopped between its claim and the move of the tail', () => {
  it('is helped by the next claim, and finds its own in place', () => {
    const rig = new Rig({ shared: true, firstSequence: 10 })
    const slow = rig.ring.takeOwner()
    const view = lookAtTail(rig.ring)
    expect(claimSlot(rig.ring, view, slow, 64, 3)).toBe(true)
    expect(rig.send(32, 2)).toBe(13)
    expect(moveTail(rig.ring, view, 64, 3)).toBe(false)
    expect(rig.drain()).toEqual([])
    publish(rig, view, 64, 1, 3)
    expect(rig.drain()).toEqual([1, 2])
    expect(rig.nextSequence).toBe(14)
  })

  it('moves the tail itself if nobody came', () => {
    const rig = new Rig({ shared: true })
    const view = lookAtTail(rig.ring)
    claimSlot(rig.ring, view, rig.ring.takeOwner(), 64)
    expect(moveTail(rig.ring, view, 64)).toBe(true)
    expect(rig.send(32, 2)).toBe(2)
    publish(rig, view, 64, 1)
    expect(rig.drain()).toEqual([1, 2])
  })
})

describe('a thread stopped between its padding and the move of the tail', () => {
  const padded = (): { rig: Rig; view: ReturnType<typeof lookAtTail> } => {
    const rig = new Rig({ shared: true, startPosition: 512 - 6 })
    const view = lookAtTail(rig.ring)
    expect(claimPad(rig.ring, view)).toBe(true)
    return { rig, view }
  }

  it('is helped by the next claim, which takes the place that it wanted', () => {
    const { rig, view } = padded()
    const at = rig.producer.tryClaim(64)
    expect(at).toBe(rig.ring.base)
    expect(rig.producer.sequence).toBe(1)
    fill(rig.ring, at, 64, 5)
    rig.producer.publish()
    expect(moveTail(rig.ring, view, 48, 0)).toBe(false)
    expect(rig.drain()).toEqual([5])
  })

  // The consumer frees the padding's slot: were the tail still there, the next claim would stand behind the consumer.
  it('is helped by the consumer before it passes the padding', () => {
    const { rig, view } = padded()
    expect(rig.drain()).toEqual([])
    expect(moveTail(rig.ring, view, 48, 0)).toBe(false)
    expect(rig.consumer.at).toBe(rig.ring.base)
    for (let i = 0; i < 300; i++) {
      rig.send(32 + 8 * (i % 5), i)
      expect(rig.drain()).toEqual([i])
    }
  })

  it('is helped by the consumer when the padding stands behind a message', () => {
    const rig = new Rig({ shared: true, startPosition: 512 - 10 })
    rig.send(32, 1)
    claimPad(rig.ring, lookAtTail(rig.ring))
    expect(rig.drain()).toEqual([1])
    rig.send(32, 2)
    expect(rig.drain()).toEqual([2])
  })

  it('does not disturb a ring whose only producer keeps its own tail', () => {
    const rig = new Rig({ startPosition: 512 - 6 })
    rig.send(64, 1)
    expect(rig.drain()).toEqual([1])
    rig.producer.share()
    rig.send(64, 2)
    expect(rig.drain()).toEqual([2])
  })
})

function publish(rig: Rig, view: ReturnType<typeof lookAtTail>, bytes: number, stamp: number, count = 1): void {
  fill(rig.ring, rig.ring.base + view.offset * 8, bytes, stamp, count)
  Atomics.or(rig.ring.words, view.slot, 0x40000000)
}
