/** What an archivist does about a target that fails. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { LOOK_MS } from '../../src/archivist/archivist.ts'
import { FAILURES_MAX, FIRST_PAUSE_MS, PAUSE_MAX_MS } from '../../src/archivist/circuit.ts'
import { begun, EVERY_MS, type World } from './archivist-kit.ts'

/** A log whose target fails from the start. */
function failing(draw = 0.5): Promise<World> {
  return begun((fresh) => {
    fresh.append(10)
    fresh.draw = draw
    fresh.outcomes = [fresh.failure()]
  })
}

function pausesOf({ times }: World): number[] {
  return times.slice(1).map((time, i) => time - times[i]!)
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a target that fails', () => {
  it.each([0, 0.5, 1 - Number.EPSILON])('is tried again after pauses that grow, with jitter: %s', async (draw) => {
    const world = await failing(draw)
    await world.timers.advance(30 * PAUSE_MAX_MS)
    const pauses = pausesOf(world)
    expect(pauses.length).toBeGreaterThan(25)
    for (const [i, pause] of pauses.entries()) {
      const longest = Math.min(PAUSE_MAX_MS, FIRST_PAUSE_MS * 2 ** i)
      const drawn = (longest * (1 + draw)) / 2
      expect(pause).toBeGreaterThanOrEqual(drawn)
      expect(pause).toBeLessThanOrEqual(drawn + LOOK_MS)
    }
  })

  it('is told each time, with when it is tried again', async () => {
    const world = await failing()
    await world.timers.advance(2 * FIRST_PAUSE_MS)
    expect(world.told('failed')).toMatchObject([
      { error: { code: 'ERR_RINGWAL_IO', message: 'the target is gone' }, inRow: 1, retryMs: 750 },
      { error: { code: 'ERR_RINGWAL_IO' }, inRow: 2, retryMs: 1500 },
    ])
    expect(world.ledger.stats(10)).toMatchObject({
      failures: 2,
      runs: 0,
      lastLsn: null,
      lagLsns: null,
      lastError: { code: 'ERR_RINGWAL_IO', message: 'the target is gone' },
    })
    expect(world.archived).toBe(0)
  })

  it('is left alone while the breaker is open, and tried with one run when it is half-open', async () => {
    const world = await failing()
    await world.timers.advance(16_000)
    expect(world.orders).toHaveLength(FAILURES_MAX)
    expect(world.told('breaker')).toEqual([{ kind: 'breaker', state: 'open' }])
    expect(world.ledger.stats(10).breaker).toBe('open')
    // Neither a rotation nor the timer come to it.
    world.rotate()
    world.append()
    await world.timers.advance(5000)
    expect(world.orders).toHaveLength(FAILURES_MAX)
    await world.timers.advance(20_000)
    expect(world.told('breaker').map(({ state }) => state)).toEqual(['open', 'half-open', 'open'])
    expect(world.orders).toHaveLength(FAILURES_MAX + 1)
  })

  it('that works again closes the breaker, and gets all that is owed', async () => {
    const world = await failing()
    await world.timers.advance(20 * 60_000)
    expect(world.ledger.stats(10).ageMs).toBe(20 * 60_000)
    world.append(5)
    world.rotate()
    world.append(5)
    world.outcomes = [(order) => world.success(order)]
    await world.timers.advance(PAUSE_MAX_MS)
    expect(world.archived).toBe(20)
    expect(world.told('breaker').at(-1)).toEqual({ kind: 'breaker', state: 'closed' })
    expect(world.ledger.stats(20)).toMatchObject({ breaker: 'closed', lastError: null, runs: 1, lagLsns: 0 })
    expect(world.ledger.stats(20).ageMs).toBeLessThan(PAUSE_MAX_MS)
    // And what fails then has its first pause again.
    world.outcomes = [world.failure()]
    world.append()
    const failures = world.told('failed').length
    await world.timers.advance(EVERY_MS + LOOK_MS)
    expect(world.told('failed')[failures]).toMatchObject({ inRow: 1, retryMs: 750 })
  })

  it('is tried again though the wall clock was set back by a day', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 22) })
    const world = await failing()
    await world.timers.advance(16_000)
    expect(world.ledger.stats(10).breaker).toBe('open')
    vi.setSystemTime(Date.UTC(2026, 10, 21))
    await world.timers.advance(3 * PAUSE_MAX_MS)
    expect(world.orders.length).toBeGreaterThan(FAILURES_MAX + 2)
    expect(world.told('failed').every(({ error }) => error.code === 'ERR_RINGWAL_IO')).toBe(true)
  })

  it('in a run of sealed segments is owed these, and no more', async () => {
    const world = await begun((fresh) => fresh.append(10))
    world.outcomes = [world.failure(), (order) => world.success(order)]
    world.rotate()
    world.append(5)
    await world.timers.advance(5000)
    expect(world.orders.map(({ sealedOnly }) => sealedOnly)).toEqual([false, true, true])
    expect(world.told('failed')).toHaveLength(1)
  })
})
