import { describe, expect, it } from 'vitest'
import { OWNER_ALIVE, OWNER_DEAD, OWNER_FREE, REVOKED_AT } from '../../src/ring/layout.ts'
import { claimSlot, fill, lookAtTail, Rig } from './ring-kit.ts'

const full = expect.objectContaining({ code: 'ERR_RINGWAL_THREADS', limit: 64 })

function takeAll(rig: Rig): number[] {
  return Array.from({ length: 63 }, () => rig.ring.takeOwner())
}

const revoked = (rig: Rig): number => Atomics.load(rig.ring.words, REVOKED_AT >> 2)

describe('producer places', () => {
  it('are 64; the next is refused until one is given back', () => {
    const rig = new Rig({ shared: true })
    const owners = takeAll(rig)
    expect(new Set([rig.producer.owner, ...owners].map((owner) => owner & 63)).size).toBe(64)
    expect(() => rig.ring.takeOwner()).toThrow(full)
    rig.ring.returnOwner(owners[17]!)
    const again = rig.ring.takeOwner()
    expect(again & 63).toBe(owners[17]! & 63)
    expect(again).not.toBe(owners[17])
    expect(() => rig.ring.takeOwner()).toThrow(full)
  })

  it('come back after every one of a thousand deaths, and their producers work', () => {
    const rig = new Rig({ shared: true })
    takeAll(rig).forEach((owner) => {
      rig.ring.revokeOwner(owner)
    })
    for (let i = 0; i < 1000; i++) {
      rig.consumer.reapOwners()
      const producer = rig.further()
      rig.send(32, i, producer)
      expect(rig.drain()).toEqual([i])
      rig.ring.revokeOwner(producer.owner)
    }
  })

  it('an old number touches neither the place nor its present owner', () => {
    const rig = new Rig({ shared: true })
    const old = rig.ring.takeOwner()
    rig.ring.returnOwner(old)
    const present = rig.ring.takeOwner()
    rig.ring.revokeOwner(old)
    rig.ring.returnOwner(old)
    expect([rig.ring.ownerState(old), rig.ring.ownerState(present)]).toEqual([OWNER_FREE, OWNER_ALIVE])
    rig.ring.revokeOwner(present)
    rig.ring.returnOwner(old)
    expect(rig.ring.ownerState(present)).toBe(OWNER_DEAD)
    rig.ring.revokeOwner(present)
    expect(revoked(rig)).toBe(1)
  })
})

describe('a dead owner is reaped', () => {
  it('not before its claim is released', () => {
    const rig = new Rig({ shared: true })
    const dead = rig.ring.takeOwner()
    claimSlot(rig.ring, lookAtTail(rig.ring), dead, 64)
    rig.ring.revokeOwner(dead)
    rig.consumer.reapOwners()
    expect(rig.ring.ownerState(dead)).toBe(OWNER_DEAD)
    fill(rig.ring, rig.consumer.abandonedClaim()!.at, 64, 1)
    rig.consumer.adopt()
    rig.consumer.reapOwners()
    expect(rig.ring.ownerState(dead)).toBe(OWNER_DEAD)
    rig.drain()
    rig.consumer.reapOwners()
    expect([rig.ring.ownerState(dead), revoked(rig)]).toEqual([OWNER_FREE, 0])
  })

  it('also in a ring that is never empty', () => {
    const rig = new Rig({ shared: true, startPosition: 2 ** 32 - 64 })
    const dead = rig.ring.takeOwner()
    for (let i = 0; i < 20; i++) rig.send(64, i)
    rig.ring.revokeOwner(dead)
    for (let i = 0; i <= 20; i++) {
      expect(rig.ring.ownerState(dead)).toBe(OWNER_DEAD)
      rig.consumer.reapOwners()
      rig.consumer.collect(64)
      rig.send(64, i)
      rig.consumer.release(++rig.nextSequence)
    }
    rig.consumer.reapOwners()
    expect(rig.ring.ownerState(dead)).toBe(OWNER_FREE)
  })
})
