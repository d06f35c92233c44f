import { describe, expect, it } from 'vitest'
import { CLAIM_FULL } from '../../src/ring/index.ts'
import { Rig } from './ring-kit.ts'

describe.each([false, true])('positions pass the limits of their word (shared: %s)', (shared) => {
  it.each([
    ['2^31', 2 ** 31],
    ['2^32', 2 ** 32],
  ])('%s', (_, limit) => {
    for (let before = 1; before < 40; before++) {
      const rig = new Rig({ shared, margin: 64, startPosition: limit - before })
      for (let i = 0; i < 60; i++) {
        rig.send(32 + 8 * (i % 7), i)
        expect(rig.drain()).toEqual([i])
      }
    }
  })

  it.each([2 ** 31 - 3, 2 ** 32 - 3, 2 ** 32 - 256, 2 ** 31 - 511])(
    'knows full from empty across them, from %i',
    (start) => {
      const rig = new Rig({ shared, startPosition: start })
      const sent: number[] = []
      while (rig.producer.tryClaim(48) !== CLAIM_FULL) sent.push(0)
      expect(sent.length).toBeGreaterThanOrEqual(84)
      expect(rig.producer.tryClaim(48)).toBe(CLAIM_FULL)
    },
  )
})

describe.each([false, true])('sequence numbers pass the limits of their words (shared: %s)', (shared) => {
  it.each([
    ['2^31', 2 ** 31],
    ['2^32', 2 ** 32],
    ['2^33', 2 ** 33],
    ['2^52', 2 ** 52],
  ])('%s', (_, limit) => {
    const firstSequence = limit - 5
    const rig = new Rig({ shared, firstSequence })
    for (let i = 0; i < 12; i++) {
      expect(rig.send(32, i)).toBe(firstSequence + i)
      // Left in the ring at times, so that the number is worked out from an older release too.
      if (i % 4 === 3) rig.drain()
    }
    expect(rig.consumer.nextSequence).toBe(firstSequence + 12)
  })

  it('reaches the last one that a number holds', () => {
    const rig = new Rig({ shared, firstSequence: Number.MAX_SAFE_INTEGER - 1 })
    expect(rig.send(32)).toBe(Number.MAX_SAFE_INTEGER - 1)
    expect(rig.send(32)).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('a claim of many goes across', () => {
    const rig = new Rig({ shared, firstSequence: 2 ** 32 - 10 })
    expect(rig.send(64, 1, rig.producer, 100)).toBe(2 ** 32 - 10)
    expect(rig.send(64, 2, rig.producer, 5)).toBe(2 ** 32 + 90)
    rig.drain()
    expect(rig.send(64, 3)).toBe(2 ** 32 + 95)
  })
})
