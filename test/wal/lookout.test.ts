import { afterEach, describe, expect, it, vi } from 'vitest'
import { Lookout } from '../../src/wal/lookout.ts'

afterEach(() => void vi.restoreAllMocks())

/** A clock that goes on by `stepMs` at each reading. */
function takeClock(): { stepMs: number } {
  const clock = { stepMs: 0.001 }
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += clock.stepMs
    return now
  })
  return clock
}

/** @returns how often the condition was asked before the lookout gave up, or saw it hold at look `holdsAt` */
function looks(lookout: Lookout, holdsAt = Number.POSITIVE_INFINITY): [number, boolean] {
  let count = 0
  const found = lookout.until(() => ++count >= holdsAt)
  return [count, found]
}

describe('a lookout', () => {
  it('sees at once what comes about while it looks', () => {
    takeClock()
    expect(looks(new Lookout(), 100)).toEqual([100, true])
  })

  it('gives up after half a millisecond', () => {
    takeClock()
    const [count, found] = looks(new Lookout())
    expect(found).toBe(false)
    expect(count / 16).toBeCloseTo(500, -1)
  })

  it('leaves the core alone for the next 64 waits once another thread had it', () => {
    const clock = takeClock()
    const lookout = new Lookout()
    clock.stepMs = 0.6
    expect(looks(lookout)).toEqual([16, false])
    clock.stepMs = 0.001
    for (let wait = 0; wait < 64; wait++) expect(looks(lookout)).toEqual([0, false])
    expect(looks(lookout, 3)).toEqual([3, true])
  })
})

/** @returns how often it was asked, and whether it was told to do otherwise */
function looksInTurns(lookout: Lookout, holdsAt = Number.POSITIVE_INFINITY): Promise<[number, boolean]> {
  let count = 0
  return new Promise((resolve) => {
    const condition = (): boolean => {
      const holds = ++count >= holdsAt
      if (holds) resolve([count, false])
      return holds
    }
    lookout.inTurns(condition, () => resolve([count, true]))
  })
}

describe('a lookout in turns of the event loop', () => {
  it('sees what comes about, and lets other things happen meanwhile', async () => {
    takeClock()
    let others = 0
    const other = setInterval(() => others++, 0)
    expect(await looksInTurns(new Lookout(), 300)).toEqual([300, false])
    clearInterval(other)
    expect(others).toBeGreaterThan(0)
  })

  it('gives up after half a millisecond, and is left out for the next 64 waits then', async () => {
    takeClock()
    const lookout = new Lookout()
    const [count, gaveUp] = await looksInTurns(lookout)
    expect(gaveUp).toBe(true)
    expect(count).toBeCloseTo(500, -1)
    for (let wait = 0; wait < 64; wait++) expect(await looksInTurns(lookout)).toEqual([0, true])
    expect(await looksInTurns(lookout, 3)).toEqual([3, false])
  })
})
