import { describe, expect, it } from 'vitest'
import { CLAIM_FULL, RingMemory, RingProducer } from '../../src/ring/index.ts'
import { SLOT_OWNER_MASK, SLOT_OWNER_SHIFT } from '../../src/ring/layout.ts'
import { Rig } from './ring-kit.ts'

describe.each([false, true])('a full ring (shared: %s)', (shared) => {
  it('takes claims up to its very last unit, and not one more', () => {
    const rig = new Rig({ shared })
    for (let i = 0; i < 127; i++) rig.send(32, i)
    expect(rig.producer.tryClaim(40)).toBe(CLAIM_FULL)
    rig.send(32, 127)
    expect(rig.producer.tryClaim(32)).toBe(CLAIM_FULL)
    expect(rig.drain()).toEqual(Array.from({ length: 128 }, (_, i) => i))
    rig.send(32, 128)
    expect(rig.drain()).toEqual([128])
  })

  it.each([32, 40, 48, 56, 64, 1024])(
    'of which %i bytes are free takes a claim of those and none of a unit more',
    (free) => {
      const rig = new Rig({ shared })
      rig.send(2048, 1)
      rig.send(2048 - free, 2)
      expect(rig.producer.tryClaim(free + 8)).toBe(CLAIM_FULL)
      rig.send(free, 3)
      expect(rig.producer.tryClaim(32)).toBe(CLAIM_FULL)
      expect(rig.drain()).toEqual([1, 2, 3])
    },
  )

  it.each([24, 32, 48, 1000])('is full one unit before the consumer, far from the end: %i bytes free', (free) => {
    const rig = new Rig({ shared, startPosition: 256 })
    rig.send(2048, 1)
    rig.send(2048 - free, 2)
    expect(rig.producer.tryClaim(free + 8)).toBe(CLAIM_FULL)
    if (free >= 32) rig.send(free, 3)
    expect(rig.drain()).toEqual(free >= 32 ? [1, 2, 3] : [1, 2])
  })

  it.each([8, 16, 24, 32, 1024])('counts the padding: %i bytes before the end', (toEnd) => {
    for (const first of [2040, 2048]) {
      const rig = new Rig({ shared })
      rig.send(first, 1)
      rig.send(4096 - first - toEnd, 2)
      expect(rig.consumer.collect(first)).toBe(first)
      rig.consumer.release(2)
      expect(rig.producer.tryClaim(2048) === CLAIM_FULL).toBe(first === 2040)
    }
  })

  it('counts the margin as taken, lap after lap', () => {
    const rig = new Rig({ shared, margin: 512 })
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 112; i++) rig.send(32, i)
      expect(rig.producer.tryClaim(32)).toBe(CLAIM_FULL)
      expect(rig.drain()).toHaveLength(112)
    }
  })
})

describe('the largest claim', () => {
  it.each([
    [false, 0],
    [true, 0],
    [false, 8],
    [true, 512],
  ])('fits an empty ring at every place (shared: %s, margin: %i)', (shared, margin) => {
    for (let startPosition = 0; startPosition < 512; startPosition++) {
      const rig = new Rig({ shared, margin, startPosition })
      rig.send(rig.ring.claimMax, 7)
      expect(rig.drain()).toEqual([7])
    }
  })

  it('of the largest ring still leaves the owner in its slot', () => {
    const ring = RingMemory.create({ capacity: 2 ** 27 })
    const producer = RingProducer.first(ring, 1)
    producer.share()
    expect(producer.tryClaim(ring.claimMax)).toBe(ring.base)
    const word = Atomics.load(ring.words, ring.slotsAt >> 2)
    expect((word >>> SLOT_OWNER_SHIFT) & SLOT_OWNER_MASK).toBe(0)
    expect((word & 0x7fffff) * 8).toBe(ring.claimMax)
  })
})
