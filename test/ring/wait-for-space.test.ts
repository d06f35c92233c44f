import { describe, expect, it, vi } from 'vitest'
import { CLAIM_FULL } from '../../src/ring/index.ts'
import { HEAD_AT, SPACE_WAITERS_AT, SPACE_WAKES_AT } from '../../src/ring/layout.ts'
import { Rig } from './ring-kit.ts'

function fullRig(): Rig {
  const rig = new Rig({ shared: true })
  for (let i = 0; i < 128; i++) rig.send(32, i)
  return rig
}

const head = (rig: Rig): number => Atomics.load(rig.ring.words, HEAD_AT >> 2)
const word = (rig: Rig, at: number): number => Atomics.load(rig.ring.words, at >> 2)

/** Whether a producer that asked to be woken is: `wakes` is what it was told to wait on. */
const isWoken = (rig: Rig, wakes: number | undefined): boolean =>
  wakes === undefined || word(rig, SPACE_WAKES_AT) !== wakes

describe('a producer that waits for space', () => {
  it('gives up after the time-out', () => {
    const rig = fullRig()
    const started = performance.now()
    expect(rig.producer.claim(32, 1, 40)).toBe(CLAIM_FULL)
    expect(performance.now() - started).toBeGreaterThan(35)
  })

  it('does not wait if space was freed after it saw the ring full', () => {
    const rig = fullRig()
    const seen = head(rig)
    rig.drain()
    expect(rig.ring.expectRelease(seen)).toBe(undefined)
  })

  it('is woken by a release after it asked', () => {
    const rig = fullRig()
    const wakes = rig.ring.expectRelease(head(rig))
    expect([isWoken(rig, wakes), word(rig, SPACE_WAITERS_AT)]).toEqual([false, 1])
    rig.drain()
    expect([isWoken(rig, wakes), word(rig, SPACE_WAITERS_AT)]).toEqual([true, 0])
  })

  it('is woken by a close, before or after it asked', () => {
    const [before, after] = [fullRig(), fullRig()]
    before.ring.close(1)
    expect(before.ring.expectRelease(head(before))).toBe(undefined)
    const wakes = after.ring.expectRelease(head(after))
    after.ring.close(1)
    expect(isWoken(after, wakes)).toBe(true)
  })

  // Its flag may be cleared by the release that wakes the first: then that release wakes it too.
  it('is not forgotten when it asks in the middle of the release that wakes another', () => {
    const rig = fullRig()
    const first = rig.ring.expectRelease(head(rig))
    let second: number | undefined
    const store = vi.spyOn(Atomics, 'store')
    const askInBetween = (words: Int32Array, index: number, value: number): number => {
      if (index === SPACE_WAITERS_AT >> 2 && value === 0) {
        store.mockRestore()
        second = rig.ring.expectRelease(head(rig))
        expect(second).toBe(first)
      }
      return Atomics.exchange(words, index, value)
    }
    store.mockImplementation(askInBetween as never)
    rig.drain()
    expect([isWoken(rig, first), isWoken(rig, second)]).toEqual([true, true])
  })
})

describe('a release', () => {
  it('notifies nobody if nobody waits', () => {
    const rig = fullRig()
    const notify = vi.spyOn(Atomics, 'notify')
    rig.drain()
    expect(notify).toHaveBeenCalledTimes(0)
    notify.mockRestore()
  })
})
