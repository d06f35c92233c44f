import { describe, expect, it } from 'vitest'
import { Rig } from './ring-kit.ts'

describe('collect', () => {
  it('takes whole claims up to its limit, and says how large the one is that stopped it', () => {
    const rig = new Rig()
    for (const bytes of [32, 40, 64]) rig.send(bytes, 1)
    expect([rig.consumer.collect(24), rig.consumer.blockedBytes]).toEqual([0, 32])
    expect([rig.consumer.collect(71), rig.consumer.blockedBytes]).toEqual([32, 40])
    rig.consumer.release(2)
    expect(rig.consumer.collect(40)).toBe(40)
    rig.consumer.release(3)
    expect([rig.consumer.collect(56), rig.consumer.blockedBytes]).toEqual([0, 64])
    expect([rig.consumer.collect(64), rig.consumer.blockedBytes]).toEqual([64, 0])
    rig.consumer.release(4)
    expect([rig.consumer.collect(64), rig.consumer.blockedBytes]).toEqual([0, 0])
  })

  it('ends at the end of the ring', () => {
    const rig = new Rig({ startPosition: 512 - 8 })
    for (let i = 0; i < 4; i++) rig.send(32, i)
    expect([rig.consumer.collect(4096), rig.consumer.at]).toEqual([64, rig.ring.base + 4096 - 64])
    rig.consumer.release(3)
    expect([rig.consumer.collect(4096), rig.consumer.at]).toEqual([64, rig.ring.base])
  })

  it('stops before a claim that is not published, and the one behind it waits', () => {
    const rig = new Rig({ shared: true })
    const other = rig.further()
    const at = other.tryClaim(32)
    rig.send(32, 2)
    expect([rig.consumer.isClaimed, rig.consumer.hasWork, rig.drain()]).toEqual([true, false, []])
    rig.ring.words.set([32, 1, 1], at >> 2)
    rig.ring.bytes.fill(1, at + 12, at + 32)
    other.publish()
    expect([rig.consumer.hasWork, rig.drain(), rig.consumer.isClaimed]).toEqual([true, [1, 2], false])
  })

  it('leaves the bytes before its place alone until the next release, as far as the margin goes', () => {
    const rig = new Rig({ margin: 512 })
    for (let i = 0; i < 40; i++) rig.send(72, i)
    rig.drain()
    const before = rig.consumer.at - 512
    rig.ring.bytes.fill(0xee, before, rig.consumer.at)
    while (rig.producer.tryClaim(32) >= 0) rig.producer.publish()
    const kept = rig.ring.bytes.slice(before, rig.consumer.at)
    expect(kept.every((byte) => byte === 0xee)).toBe(true)
  })
})
