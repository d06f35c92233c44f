/** When an archivist archives, and what of a log. */
import { describe, expect, it } from 'vitest'
import { LOOK_MS } from '../../src/archivist/archivist.ts'
import { RingwalError } from '../../src/errors.ts'
import { atRest, backupOf, begun, EVERY_MS } from './archivist-kit.ts'

describe('an archivist', () => {
  it('archives at once what a log has when it is opened', async () => {
    const world = await begun((fresh) => fresh.append(10))
    expect(world.orders).toMatchObject([{ sealedOnly: false, durableLsn: 10 }])
    expect(world.told('archived')).toMatchObject([{ lastLsn: 10, backups: 1, storedBytes: 100 }])
    expect(world.archived).toBe(10)
  })

  it('asks the target nothing for a log that has nothing', async () => {
    const world = await begun()
    await world.timers.advance(3 * EVERY_MS)
    expect(world.orders).toEqual([])
    expect(world.ledger.stats(0)).toMatchObject({ runs: 0, failures: 0, lastLsn: null, ageMs: 0 })
  })

  it('archives a sealed segment as soon as it sees it, and leaves the last one alone', async () => {
    const world = await atRest()
    world.append(5)
    world.rotate()
    world.append(5)
    await world.timers.advance(LOOK_MS)
    expect(world.orders.slice(1)).toMatchObject([{ sealedOnly: true, durableLsn: 20 }])
    expect(world.archived).toBe(15)
    await world.timers.advance(20 * LOOK_MS)
    expect(world.orders).toHaveLength(2)
  })

  it('archives what is durable of the last segment when its time has come', async () => {
    const world = await atRest()
    world.append(5)
    await world.timers.advance(EVERY_MS - 1)
    expect(world.orders).toHaveLength(1)
    await world.timers.advance(LOOK_MS)
    expect(world.orders.slice(1)).toMatchObject([{ sealedOnly: false, durableLsn: 15 }])
    await world.timers.advance(3 * EVERY_MS)
    expect(world.orders).toHaveLength(2)
  })

  it('is not put off by rotations: what is durable is never archived later than it should', async () => {
    const world = await atRest()
    for (let minute = 1; minute <= 12; minute++) {
      world.append(5)
      world.rotate()
      world.append(5)
      await world.timers.advance(60_000)
    }
    const whole = world.orders.flatMap(({ sealedOnly }, i) => (sealedOnly ? [] : [world.times[i]!]))
    expect(whole).toHaveLength(3)
    for (const [i, at] of whole.entries()) expect(at).toBeLessThanOrEqual(i * (EVERY_MS + LOOK_MS))
  })

  it('archives a checkpoint though no record is new', async () => {
    const world = await atRest()
    world.checkpoints = 'one'
    await world.timers.advance(EVERY_MS + LOOK_MS)
    expect(world.orders).toHaveLength(2)
    await world.timers.advance(EVERY_MS + LOOK_MS)
    expect(world.orders).toHaveLength(2)
  })

  it('never runs twice at a time', async () => {
    let running = 0
    const world = await begun((fresh) => {
      fresh.append(10)
      fresh.outcomes = [
        async (order) => {
          expect(++running).toBe(1)
          await new Promise<void>((resolve) => fresh.timers.after(2 * EVERY_MS, resolve))
          running--
          return fresh.success(order)
        },
      ]
    })
    for (let i = 0; i < 20; i++) {
      world.append(5)
      world.rotate()
      await world.timers.advance(EVERY_MS)
    }
    expect(world.orders.length).toBeGreaterThan(8)
  })

  it('counts as archived what is stored, though the run fails later', async () => {
    const world = await begun((fresh) => {
      fresh.append(10)
      fresh.outcomes = [
        ({ onBackup }) => {
          onBackup(backupOf(1, 7))
          onBackup({ ...backupOf(0, 0), checkpoints: [3] })
          return fresh.failure()()
        },
      ]
    })
    expect(world.archived).toBe(7)
    expect(world.ledger.stats(10)).toMatchObject({ bytes: 200, runs: 0, failures: 1, lastLsn: null })
  })

  it('says how old what is not archived can be at most', async () => {
    const world = await atRest()
    world.append(5)
    await world.timers.advance(60_000)
    expect(world.ledger.stats(15)).toMatchObject({ lastLsn: 10, lagLsns: 5, ageMs: 60_000 })
    world.rotate()
    world.append(5)
    await world.timers.advance(LOOK_MS)
    // The sealed segment is archived, but not what was durable by then.
    expect(world.ledger.stats(20)).toMatchObject({ lastLsn: 15, lagLsns: 5, ageMs: 60_000 + LOOK_MS })
    await world.timers.advance(EVERY_MS)
    expect(world.ledger.stats(20)).toMatchObject({ lastLsn: 20, lagLsns: 0 })
    expect(world.ledger.stats(20).ageMs).toBeLessThan(2 * 60_000)
    // Nothing is new: all of it is archived, at any time.
    await world.timers.advance(10 * EVERY_MS)
    expect(world.ledger.stats(20).ageMs).toBeLessThanOrEqual(EVERY_MS)
  })
})

describe('an archivist that is overtaken', () => {
  it.each(['ERR_RINGWAL_RETIRED', 'ERR_RINGWAL_FENCED'] as const)('by %s begins anew at once', async (code) => {
    const world = await begun((fresh) => {
      fresh.append(10)
      fresh.outcomes = [fresh.failure(code), fresh.failure(code), (order) => fresh.success(order)]
    })
    expect(world.times).toEqual([0, 0, 0])
    expect(world.told('failed')).toEqual([])
    expect(world.archived).toBe(10)
  })

  it('again and again takes it for a failure', async () => {
    const world = await begun((fresh) => {
      fresh.append(10)
      fresh.outcomes = [fresh.failure('ERR_RINGWAL_FENCED')]
    })
    expect(world.orders).toHaveLength(3)
    expect(world.told('failed')).toMatchObject([{ error: { code: 'ERR_RINGWAL_FENCED' }, inRow: 1 }])
  })

  it('by retention tells the gap once, also if the run fails', async () => {
    const gap = { from: 11, to: 19 }
    const world = await begun((fresh) => {
      fresh.append(30)
      fresh.outcomes = [
        ({ onGap }) => {
          onGap(gap)
          return fresh.failure()()
        },
        (order) => {
          order.onGap(gap)
          return fresh.success(order)
        },
      ]
    })
    expect(world.told('gap')).toEqual([{ kind: 'gap', ...gap }])
    await world.timers.advance(10_000)
    expect(world.archived).toBe(30)
    expect(world.told('gap')).toHaveLength(1)
    expect(world.ledger.stats(30).gaps).toBe(1)
  })
})

it('an archivist tells once of a checkpoint that can not be used', async () => {
  const world = await begun((fresh) => {
    fresh.append(10)
    const passedOver = [{ name: '1.rwck', lsn: 1, reason: 'it is damaged' }]
    fresh.outcomes = [async (order) => ({ ...(await fresh.success(order)), passedOver })]
  })
  world.append()
  await world.timers.advance(EVERY_MS + LOOK_MS)
  expect(world.orders).toHaveLength(2)
  expect(world.told('passed-over')).toMatchObject([{ name: '1.rwck', reason: 'it is damaged' }])
})

it('a directory that can not be listed is no reason not to archive', async () => {
  const world = await begun((fresh) => {
    fresh.append(10)
    Object.defineProperty(fresh, 'checkpoints', {
      get: () => {
        throw new RingwalError('ERR_RINGWAL_IO', 'no permission', {})
      },
    })
  })
  expect(world.archived).toBe(10)
})
