import { describe, expect, it, vi } from 'vitest'
import { BLOCK_BYTES, BLOCK_STATE_AT, BLOCKS_AT } from '../../src/ring/layout.ts'
import { claimPad, claimSlot, fill, lookAtTail, moveTail, Rig } from './ring-kit.ts'

/** The ways a thread can leave its claim of 64 bytes behind. */
const windows: readonly [string, (rig: Rig, place: number, count: number) => void][] = [
  [
    'after the slot, before the tail',
    (rig, place, count) => {
      claimSlot(rig.ring, lookAtTail(rig.ring), place, 64, count)
    },
  ],
  [
    'after the tail, before publishing',
    (rig, place, count) => {
      const view = lookAtTail(rig.ring)
      claimSlot(rig.ring, view, place, 64, count)
      moveTail(rig.ring, view, 64, count)
    },
  ],
  [
    'after its padding, its claim and the tail',
    (rig, place, count) => {
      const pad = lookAtTail(rig.ring)
      if (pad.offset > 512 - 8) {
        claimPad(rig.ring, pad)
        moveTail(rig.ring, pad, 4096 - pad.offset * 8, 0)
      }
      claimSlot(rig.ring, lookAtTail(rig.ring), place, 64, count)
    },
  ],
]

describe.each(windows)('a producer that died %s', (_, die) => {
  it.each([1, 7])('holds up the queue until it is revoked; then its %i sequence numbers are accounted for', (count) => {
    const rig = new Rig({ shared: true, startPosition: 512 - 4, firstSequence: 2 ** 32 - 3 })
    const dead = rig.ring.takeOwner()
    rig.send(32, 1)
    die(rig, dead, count)
    expect(rig.drain()).toEqual([1])
    expect([rig.consumer.hasWork, rig.consumer.abandonedClaim()]).toEqual([false, undefined])
    expect(() => rig.consumer.adopt()).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_INTERNAL' }))
    rig.ring.revokeOwner(dead)
    expect(rig.consumer.hasWork).toBe(true)
    const claim = rig.consumer.abandonedClaim()
    expect(claim).toEqual({ owner: dead, at: rig.consumer.at, bytes: 64, count })
    fill(rig.ring, claim!.at, claim!.bytes, 99, count)
    rig.consumer.adopt()
    expect(rig.drain()).toEqual([99])
    expect(rig.send(32, 3)).toBe(2 ** 32 - 3 + 1 + count)
    expect(rig.drain()).toEqual([3])
  })

  it('does not keep a living one from going on behind it', () => {
    const rig = new Rig({ shared: true })
    const dead = rig.ring.takeOwner()
    const living = rig.further()
    die(rig, dead, 2)
    expect(rig.send(40, 5, living)).toBe(3)
    expect(rig.send(48, 6)).toBe(4)
    expect(rig.drain()).toEqual([])
    rig.ring.revokeOwner(dead)
    fill(rig.ring, rig.consumer.abandonedClaim()!.at, 64, 77, 2)
    rig.consumer.adopt()
    expect(rig.drain()).toEqual([77, 5, 6])
    expect(rig.nextSequence).toBe(5)
  })

  it('and another that died behind it are both adopted', () => {
    const rig = new Rig({ shared: true })
    const dead = [rig.ring.takeOwner(), rig.ring.takeOwner()]
    for (const place of dead) die(rig, place, 1)
    for (const owner of dead.toReversed()) rig.ring.revokeOwner(owner)
    for (const owner of dead) {
      expect(rig.drain()).toEqual([])
      const claim = rig.consumer.abandonedClaim()!
      expect(claim.owner).toBe(owner)
      fill(rig.ring, claim.at, claim.bytes, 50)
      rig.consumer.adopt()
      expect(rig.drain()).toEqual([50])
    }
    expect(rig.send(32)).toBe(3)
  })
})

describe('a producer that died outside a claim', () => {
  it('leaves nothing to adopt before its claim, nor behind its last message', () => {
    const rig = new Rig({ shared: true })
    const other = rig.further()
    lookAtTail(rig.ring)
    rig.send(32, 1, other)
    rig.ring.revokeOwner(other.owner)
    expect(rig.drain()).toEqual([1])
    expect([rig.consumer.hasWork, rig.consumer.abandonedClaim()]).toEqual([false, undefined])
  })
})

it('is not taken to have abandoned a claim that it published between two looks of the consumer, and then died', () => {
  const rig = new Rig({ shared: true })
  const producer = rig.further()
  const at = producer.tryClaim(64)
  fill(rig.ring, at, 64, 7, 1)
  const stateWord = (BLOCKS_AT + producer.place * BLOCK_BYTES + BLOCK_STATE_AT) >> 2
  const atomics = Atomics as { load(words: Int32Array, index: number): number }
  const { load } = atomics
  const publishAndDie = vi.spyOn(atomics, 'load').mockImplementation((words, index) => {
    if (index === stateWord) {
      publishAndDie.mockRestore()
      producer.publish()
      rig.ring.revokeOwner(producer.owner)
    }
    return load(words, index)
  })
  expect(rig.consumer.abandonedClaim()).toBeUndefined()
  expect(rig.drain()).toEqual([7])
})
