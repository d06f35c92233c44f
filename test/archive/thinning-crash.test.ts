/** Thinning that is ended at any moment, or fails, or meets an archiver: what is kept can be restored all the while. */
import { beforeAll, describe, expect, it } from 'vitest'
import { parseManifestName } from '../../src/archive/archive-names.ts'
import type { ArchiveTarget } from '../../src/archive/archive-target.ts'
import { listBackups } from '../../src/archive/list-backups.ts'
import { thinArchive } from '../../src/archive/thin-archive.ts'
import { verifyArchive } from '../../src/archive/verify-archive.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { ARCHIVE, OUT, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { cutsOf } from './cuts-of.ts'
import { DatedArchive, danglingIn, unnamedIn } from './dated-archive.ts'
import { stateOf } from './modelled-log.ts'

const POLICY = { keepDaily: 3, keepMonthly: 2 }
let archive: DatedArchive
let kept: readonly { readonly id: string; readonly lastLsn: number }[]

beforeAll(async () => {
  archive = new DatedArchive(17)
  for (let i = 0; i < 9; i++) {
    for (let j = 0; j < 3; j++) archive.model.append()
    await archive.archive({ full: i % 3 === 2 })
    if (i === 4) await archive.thin({ keepLast: 6 })
    archive.nowMs += 12 * 3_600_000
  }
  await archive.take({ do: 'die' })
  kept = (await archive.thin({ ...POLICY, dryRun: true })).kept
  expect(kept.length).toBeGreaterThan(3)
})

function thinOn(disk: SimulatedDisk): Promise<unknown> {
  return thinArchive(targetOn(disk), { ...POLICY, now: archive.nowMs })
}

/** All that is promised of an archive that is, or was, being thinned. */
async function expectKept(disk: SimulatedDisk): Promise<void> {
  const target = targetOn(disk)
  expect(await danglingIn(target)).toEqual([])
  expect(await verifyArchive(target)).toMatchObject({ ok: true })
  const { backups, problems } = await listBackups(target)
  expect(problems).toEqual([])
  const there = backups.map(({ id }) => id)
  expect(there).toEqual(expect.arrayContaining(kept.map(({ id }) => id)))
  const { id } = kept[disk.list(ARCHIVE).length % kept.length]!
  const { lastLsn } = await restoreOn(disk, { backupId: id })
  expect(stateOf(disk, OUT)).toEqual({ lastLsn, state: archive.model.stateAt(lastLsn!) })
}

async function expectThinned(disk: SimulatedDisk): Promise<void> {
  const target = targetOn(disk)
  await thinOn(disk)
  expect((await listBackups(target)).backups.map(({ id }) => id)).toEqual(kept.map(({ id }) => id))
  // What a run under way may name stays: of the one that died behind the newest.
  expect((await unnamedIn(target)).every((name) => name.slice(0, 10) > kept[0]!.id.slice(0, 10))).toBe(true)
  // Two thinnings, and a run between them that died: the second note tells of all.
  expect(disk.list(ARCHIVE).filter((name) => name.endsWith('.thinning')).length).toBeLessThanOrEqual(2)
}

describe('a thinning', () => {
  it('that a power cut ends leaves what it keeps, and the next one ends it', async () => {
    const disk = archive.disk.fork()
    const states = await cutsOf(disk, () => thinOn(disk))
    expect(states.length).toBeGreaterThan(60)
    for (const [i, state] of states.entries()) {
      if (i % 3 === 0) await expectKept(state.fork())
      await expectThinned(state)
    }
  })

  it('of which any call fails leaves what it keeps, and can be made again', async () => {
    let hits = 0
    for (const operation of ['remove', 'syncDirectory', 'link', 'write', 'read', 'list'] as const) {
      for (let at = 1; ; at += operation === 'read' ? 7 : 1) {
        const disk = archive.disk.fork()
        const faults = new PlannedFaults({ operation, at, fault: { errno: 'EACCES' } })
        disk.faults = faults
        await rejection(thinOn(disk))
        disk.faults = undefined
        if (faults.hits === 0) break
        hits++
        await expectKept(disk.fork())
        await expectThinned(disk)
      }
    }
    expect(hits).toBeGreaterThan(30)
  })
})

/** A target before each of whose calls something else may happen. */
function interrupted(target: ArchiveTarget, before: (call: string, name: string) => Promise<unknown>): ArchiveTarget {
  return {
    name: target.name,
    async put(name, pieces) {
      await before('put', name)
      return target.put(name, pieces)
    },
    async *get(name, bytesMax) {
      await before('get', name)
      yield* target.get(name, bytesMax)
    },
    async list() {
      await before('list', '')
      return target.list()
    },
    async remove(name) {
      await before('remove', name)
      return target.remove(name)
    },
  }
}

/** Archives of the same seed are the same, and each is used up. */
async function another(): Promise<DatedArchive> {
  const one = new DatedArchive(23)
  for (let i = 0; i < 6; i++) {
    one.model.append()
    await one.archive({ full: i === 3 })
    one.nowMs += 12 * 3_600_000
  }
  return one
}

describe('an archiver beside a thinning', () => {
  it('at any moment of it stores what it stores', async () => {
    for (let at = 1; ; at++) {
      const one = await another()
      let calls = 0
      const target = interrupted(targetOn(one.disk), async () => {
        if (++calls !== at) return
        one.model.append()
        await one.archive({ full: at % 2 === 0 })
      })
      await one.thin({ keepLast: 1 }, target)
      if (calls < at) break
      expect(await verifyArchive(targetOn(one.disk))).toMatchObject({ ok: true, leftovers: [] })
      const { lastLsn } = await restoreOn(one.disk)
      expect(stateOf(one.disk, OUT)).toEqual({ lastLsn: one.model.lastLsn, state: one.model.stateAt(lastLsn!) })
    }
  })

  it('around which a whole thinning takes place stores what it stores', async () => {
    for (let at = 1; ; at++) {
      const one = await another()
      one.model.append()
      let calls = 0
      const target = interrupted(targetOn(one.disk), async () => {
        if (++calls === at) await one.thin({ keepLast: 1 })
      })
      await one.archive({}, target)
      if (calls < at) break
      expect(await verifyArchive(targetOn(one.disk))).toMatchObject({ ok: true, leftovers: [] })
      const { lastLsn } = await restoreOn(one.disk)
      expect(stateOf(one.disk, OUT)).toEqual({ lastLsn: one.model.lastLsn, state: one.model.stateAt(lastLsn!) })
    }
  })

  it('that was held up while others went on, and its number was given up, is refused, and harms nothing', async () => {
    const one = await another()
    one.model.append()
    const told: unknown[] = []
    const target = interrupted(targetOn(one.disk), async (call, name) => {
      if (call !== 'put' || parseManifestName(name) === undefined) return
      await one.archive()
      one.model.append()
      await one.archive({ full: true })
      expect((await one.thin({ keepLast: 1 })).givenUp.length).toBeGreaterThan(3)
    })
    const late = one.archive({ onBackup: (backup) => told.push(backup) }, target)
    expect(await rejection(late)).toMatchObject({ code: 'ERR_RINGWAL_FENCED' })
    // Who retires by what is told would lose what does not count.
    expect(told).toEqual([])
    expect(await verifyArchive(targetOn(one.disk))).toMatchObject({ ok: true })
    one.model.append()
    await one.archive()
    await one.thin({ keepLast: 9 })
    expect(await verifyArchive(targetOn(one.disk))).toMatchObject({ ok: true, leftovers: [] })
    expect(await danglingIn(targetOn(one.disk))).toEqual([])
    const { lastLsn } = await restoreOn(one.disk)
    expect(stateOf(one.disk, OUT)).toEqual({ lastLsn: one.model.lastLsn, state: one.model.stateAt(lastLsn!) })
  })
})

it('two thinnings at once give up what either gives up', async () => {
  for (let at = 1; ; at++) {
    const one = await another()
    let calls = 0
    const target = interrupted(targetOn(one.disk), async () => {
      if (++calls === at) await one.thin({ keepLast: 2 })
    })
    await rejection(one.thin({ keepLast: 3 }, target))
    if (calls < at) break
    expect(await verifyArchive(targetOn(one.disk))).toMatchObject({ ok: true, leftovers: [] })
    expect((await listBackups(targetOn(one.disk))).problems).toEqual([])
    const { lastLsn } = await restoreOn(one.disk)
    expect(lastLsn).toBe(one.model.lastLsn)
  }
})
