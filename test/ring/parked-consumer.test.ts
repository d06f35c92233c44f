import { describe, expect, it, vi } from 'vitest'
import { OWNER_FREE, PARKED_AT } from '../../src/ring/layout.ts'
import { Rig } from './ring-kit.ts'

const parked = (rig: Rig): number => Atomics.load(rig.ring.words, PARKED_AT >> 2)
const never = (): boolean => false

describe.each([false, true])('the consumer parks (shared: %s)', (shared) => {
  it('and the flag is up before it looks for work the last time', () => {
    const rig = new Rig({ shared })
    const seen: number[] = []
    rig.consumer.park(1000, () => seen.push(parked(rig)) > 0)
    expect(seen).toEqual([1])
    expect(parked(rig)).toBe(0)
  })

  it('but not if a message came between its last collect and the flag', () => {
    const rig = new Rig({ shared })
    expect(rig.drain()).toEqual([])
    rig.send(32, 1)
    const started = performance.now()
    rig.consumer.park(5000, never)
    expect(performance.now() - started).toBeLessThan(1000)
    expect(rig.drain()).toEqual([1])
  })

  it('nor if the message comes between its last look and the wait', () => {
    const rig = new Rig({ shared })
    const started = performance.now()
    rig.consumer.park(5000, () => {
      rig.send(32, 1)
      return false
    })
    expect(performance.now() - started).toBeLessThan(1000)
    expect(parked(rig)).toBe(0)
  })

  it('and frees the place of a producer that was revoked before the flag was up', () => {
    const rig = new Rig({ shared: true })
    const { owner } = rig.further()
    rig.ring.revokeOwner(owner)
    rig.consumer.park(1, never)
    expect(rig.ring.ownerState(owner)).toBe(OWNER_FREE)
  })

  it('until the time-out, if nothing comes', () => {
    const rig = new Rig({ shared })
    const started = performance.now()
    rig.consumer.park(30, never)
    expect(performance.now() - started).toBeGreaterThan(25)
    expect(parked(rig)).toBe(0)
  })
})

describe('a publish', () => {
  it('notifies a parked consumer once, and a running one not at all', () => {
    const rig = new Rig()
    const notify = vi.spyOn(Atomics, 'notify')
    try {
      for (let i = 0; i < 10; i++) rig.send(32, i)
      expect(notify).toHaveBeenCalledTimes(0)
      Atomics.store(rig.ring.words, PARKED_AT >> 2, 1)
      for (let i = 0; i < 10; i++) rig.send(32, i)
      expect(notify.mock.calls.map((call) => call[1])).toEqual([PARKED_AT >> 2])
    } finally {
      notify.mockRestore()
    }
  })

  it('by a thread that died before it could notify is found when that is revoked', () => {
    const rig = new Rig({ shared: true })
    const dead = rig.ring.takeOwner()
    const started = performance.now()
    rig.consumer.park(5000, () => {
      rig.ring.revokeOwner(dead)
      return false
    })
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
