/** A log in operation: nothing is lost, its files keep within their limit, and every minute can be restored, exactly. */
import { describe, expect, it } from 'vitest'
import { AT_ITS_LIMIT, sweepSteps } from './step-sweep.ts'
import { Week } from './week.ts'
import { requireRestored } from './week-checks.ts'
import { StateCursor } from './week-model.ts'
import { randomTargets, requireMinutes, restoreAll } from './week-targets.ts'

describe('a simulated day', () => {
  it.each([
    [1, {}],
    [3, AT_ITS_LIMIT],
  ])(
    'from seed %i, with %j, loses nothing, and every minute of it can be restored',
    async (seed, options) => {
      const week = new Week(seed, 1440, options)
      await week.live()
      const { lives, closes, deaths, retired, checkpoints, backups, archiveFailures } = week.counts
      const counts = { lives, closes, deaths: deaths.size, retired, checkpoints, backups, archiveFailures }
      for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(0)
      expect(await requireMinutes(week)).toBeGreaterThan(1300)
      let restored = 0
      await restoreAll(week, randomTargets(week, 15), () => restored++)
      expect(restored).toBe(15)
    },
    60_000,
  )
})

describe('every step of the work', () => {
  it('may be the last one', async () => {
    const week = new Week(2, 90, AT_ITS_LIMIT)
    await week.liveUntil(90)
    const deaths = await sweepSteps(week, 4)
    const places = [...deaths.keys()].join('\n')
    for (const deed of ['open', 'append', 'steward', 'checkpoint', 'archive', 'full backup', 'close'])
      for (const how of ['kill', 'power-cut']) expect(places).toContain(`${deed}, ${how}: `)
  }, 120_000)
})

describe('the checks of a week', () => {
  it('find an archive that is said to have what it has not', async () => {
    await expect(new Week(1, 600, { archivedAhead: 200 }).live()).rejects.toThrow(
      /retired before they were archived|seed 1, minute/,
    )
  }, 60_000)

  it('find a restore that comes to another record', async () => {
    const week = new Week(1, 60)
    await week.live()
    const { model, store } = week
    const wrong = { options: { lsn: model.lastLsn - 1 }, lsn: model.lastLsn }
    await expect(requireRestored(store, wrong, model, new StateCursor(model))).rejects.toThrow('restored up to LSN')
  }, 60_000)

  it('find a state that is not the model’s', async () => {
    const week = new Week(1, 60)
    await week.live()
    const { model, store } = week
    const lsn = model.lastLsn
    const broken = model.at(1)
    model.events[0] = { ...broken, value: { ...(broken.value as object), filled_volume: 77 } }
    await expect(requireRestored(store, { options: { lsn }, lsn }, model, new StateCursor(model))).rejects.toThrow(
      'LSN 1 holds',
    )
  }, 60_000)
})
