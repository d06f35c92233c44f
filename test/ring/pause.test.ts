/** A ring that takes nothing for a while: in the word of a closed one, so that a claim pays nothing for it. */
import { describe, expect, it } from 'vitest'
import { CLAIM_CLOSED } from '../../src/ring/index.ts'
import { Rig } from './ring-kit.ts'

describe.each([false, true])('a paused ring (shared: %s)', (shared) => {
  it('refuses claims, gives what it holds, and goes on', () => {
    const rig = new Rig({ shared })
    rig.send(32, 1)
    rig.ring.pause()
    rig.ring.pause()
    expect([rig.ring.isPaused, rig.ring.closed]).toEqual([true, 0])
    expect(rig.producer.tryClaim(32)).toBe(CLAIM_CLOSED)
    expect(rig.producer.claim(2048, 1, 1000)).toBe(CLAIM_CLOSED)
    expect(rig.drain()).toEqual([1])
    rig.ring.resume()
    expect(rig.ring.isPaused).toBe(false)
    rig.send(32, 2)
    expect(rig.drain()).toEqual([2])
  })

  it('refuses who waits for room at once, and not after its time', () => {
    const rig = new Rig({ shared })
    for (let i = 0; i < 128; i++) rig.send(32, i)
    const wakes = rig.ring.expectRelease(0) !== undefined
    rig.ring.pause()
    expect([wakes, rig.ring.expectRelease(0)]).toEqual([rig.ring.words[128 >> 2] === 0, undefined])
    const started = performance.now()
    expect(rig.producer.claim(32, 1, 5000)).toBe(CLAIM_CLOSED)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('can be closed, for good, and is not sealed before', () => {
    const rig = new Rig({ shared })
    rig.ring.pause()
    expect(rig.consumer.seal()).toBe(false)
    rig.ring.close(7)
    rig.ring.resume()
    rig.ring.pause()
    expect([rig.ring.closed, rig.ring.isPaused]).toEqual([7, false])
    expect(rig.producer.tryClaim(32)).toBe(CLAIM_CLOSED)
    expect(rig.consumer.seal()).toBe(true)
  })
})
