/** What an archivist does when its log is closed. */
import { describe, expect, it } from 'vitest'
import { atRest, begun, EVERY_MS, REPORT } from './archivist-kit.ts'
import { settled } from './manual-timers.ts'

describe('an archivist that ends', () => {
  it('archives what is left, and takes no more looks', async () => {
    const world = await atRest()
    world.append(5)
    const ended = world.archivist.end(5000)
    await settled()
    await ended
    expect(world.orders.slice(1)).toMatchObject([{ sealedOnly: false, durableLsn: 15 }])
    expect(world.archived).toBe(15)
    expect(world.timers.pending).toBe(0)
  })

  it('asks the target nothing if nothing is left', async () => {
    const world = await atRest()
    await world.archivist.end(5000)
    expect(world.orders).toHaveLength(1)
  })

  it('tries once more, although it was to wait, and tells that it failed', async () => {
    const world = await begun((fresh) => {
      fresh.append(10)
      fresh.outcomes = [fresh.failure()]
    })
    for (let i = 0; i < 6; i++) await world.timers.advance(60_000)
    const runs = world.orders.length
    expect(world.ledger.stats(10).breaker).toBe('open')
    await world.archivist.end(5000)
    expect(world.orders).toHaveLength(runs + 1)
    expect(world.told('failed').at(-1)).toMatchObject({ retryMs: null, inRow: runs + 1 })
  })

  it('does not wait for a run that hangs longer than it may, and says so', async () => {
    const world = await begun((fresh) => {
      fresh.append(10)
      fresh.outcomes = [() => new Promise(() => {})]
    })
    let isEnded = false
    const ended = world.archivist.end(5000).then(() => {
      isEnded = true
    })
    await world.timers.advance(4999)
    expect(isEnded).toBe(false)
    await world.timers.advance(1)
    expect(isEnded).toBe(true)
    await ended
    expect(world.told('failed')).toMatchObject([{ error: { code: 'ERR_RINGWAL_TIMEOUT' }, inRow: 1, retryMs: null }])
  })

  it('makes no last run if it may take no time', async () => {
    const world = await atRest()
    world.append(5)
    await world.archivist.end(0)
    await world.timers.advance(EVERY_MS)
    expect(world.orders).toHaveLength(1)
  })

  it('waits for the run under way, and then archives what it did not take', async () => {
    const world = await begun((fresh) => {
      fresh.append(10)
      const slow = async (): Promise<typeof REPORT> => {
        await new Promise<void>((resolve) => fresh.timers.after(1000, resolve))
        fresh.archived = 10
        return { ...REPORT, lastLsn: 10 }
      }
      fresh.outcomes = [slow, (order) => fresh.success(order)]
    })
    world.append(5)
    const ended = world.archivist.end(5000)
    await world.timers.advance(1000)
    await ended
    expect(world.orders).toMatchObject([{ durableLsn: 10 }, { durableLsn: 15 }])
    expect(world.archived).toBe(15)
  })
})
