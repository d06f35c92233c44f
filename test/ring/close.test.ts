import { describe, expect, it } from 'vitest'
import { CLAIM_CLOSED } from '../../src/ring/index.ts'
import { claimSlot, fill, lookAtTail, Rig } from './ring-kit.ts'

describe.each([false, true])('a closed ring (shared: %s)', (shared) => {
  it('refuses claims, full or not, keeps the first reason, and gives what it holds', () => {
    const rig = new Rig({ shared })
    rig.send(32, 1)
    rig.ring.close(7)
    rig.ring.close(8)
    expect(rig.ring.closed).toBe(7)
    expect(rig.producer.tryClaim(32)).toBe(CLAIM_CLOSED)
    expect(rig.producer.claim(2048, 1, 1000)).toBe(CLAIM_CLOSED)
    expect(rig.drain()).toEqual([1])
  })

  it('refuses also the claim that finds it full', () => {
    const rig = new Rig({ shared })
    for (let i = 0; i < 128; i++) rig.send(32, i)
    rig.ring.close(1)
    expect(rig.producer.tryClaim(32)).toBe(CLAIM_CLOSED)
  })
})

describe('the seal of a closed ring', () => {
  it('is refused while the ring is open or holds anything', () => {
    const rig = new Rig({ shared: true })
    expect(rig.consumer.seal()).toBe(false)
    rig.send(32, 1)
    rig.ring.close(1)
    expect(rig.consumer.seal()).toBe(false)
    rig.consumer.collect(4096)
    expect(rig.consumer.seal()).toBe(false)
    rig.consumer.release(2)
    expect([rig.consumer.seal(), rig.consumer.seal()]).toEqual([true, true])
  })

  it('waits for a claim that was made before the close', () => {
    const rig = new Rig({ shared: true })
    const view = lookAtTail(rig.ring)
    claimSlot(rig.ring, view, rig.ring.takeOwner(), 64)
    rig.ring.close(1)
    expect(rig.consumer.seal()).toBe(false)
    fill(rig.ring, rig.ring.base, 64, 3)
    Atomics.or(rig.ring.words, view.slot, 0x40000000)
    expect(rig.drain()).toEqual([3])
    expect(rig.consumer.seal()).toBe(true)
  })

  it('makes a claim fail that was about to be made when the ring was closed', () => {
    const rig = new Rig({ shared: true })
    for (const stamp of [1, 2, 3]) rig.send(32, stamp)
    const view = lookAtTail(rig.ring)
    rig.ring.close(1)
    rig.drain()
    expect(rig.consumer.seal()).toBe(true)
    expect(claimSlot(rig.ring, view, rig.producer.place, 64)).toBe(false)
    expect(rig.producer.tryClaim(64)).toBe(CLAIM_CLOSED)
  })
})
