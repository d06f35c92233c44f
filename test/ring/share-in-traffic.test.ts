import { describe, expect, it } from 'vitest'
import { Rig } from './ring-kit.ts'

describe('an exclusive producer goes over to sharing in the middle of traffic', () => {
  it.each([0, 1, 5, 60, 127, 128, 200, 511])('with %i messages sent before, some of them waiting', (before) => {
    const rig = new Rig({ startPosition: 2 ** 32 - 100, firstSequence: 2 ** 32 - 50 })
    const received: number[] = []
    for (let i = 0; i < before; i++) {
      rig.send(32 + 8 * (i % 9), i)
      if (i % 11 === 10) received.push(...rig.drain())
    }
    expect(rig.producer.isShared).toBe(false)
    rig.producer.share()
    expect(rig.producer.isShared).toBe(true)
    const other = rig.further()
    const sequence = rig.send(48, before, other)
    expect(sequence).toBe(2 ** 32 - 50 + before)
    expect(rig.send(40, before + 1)).toBe(sequence + 1)
    received.push(...rig.drain())
    expect(received).toEqual(Array.from({ length: before + 2 }, (_, i) => i))
  })

  it('with a full ring', () => {
    const rig = new Rig()
    for (let i = 0; i < 128; i++) rig.send(32, i)
    rig.producer.share()
    const other = rig.further()
    expect(other.tryClaim(32)).toBe(-1)
    expect(rig.drain()).toHaveLength(128)
    expect(rig.send(32, 1, other)).toBe(129)
  })

  it('and again changes nothing', () => {
    const rig = new Rig()
    rig.producer.share()
    rig.send(32, 1)
    rig.producer.share()
    expect(rig.send(32, 2)).toBe(2)
    expect(rig.drain()).toEqual([1, 2])
  })
})
