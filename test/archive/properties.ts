/** Whatever the history of an archive, and whatever is kept of it. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { listBackups } from '../../src/archive/list-backups.ts'
import { mirrorArchive } from '../../src/archive/mirror-archive.ts'
import { verifyArchive } from '../../src/archive/verify-archive.ts'
import { holds, type Property } from '../support/property.ts'
import { OUT, restoreOn, targetOn } from './archive-kit.ts'
import { DatedArchive, manifestsIn, type Step, unnamedIn } from './dated-archive.ts'
import { stateOf } from './modelled-log.ts'

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('archive' as const), full: oneIn(5), compress: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 7, 24, 200, 2000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('checkpoint' as const, 'retire' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reopen' as const, 'die' as const) }) },
)

const keep: fc.Arbitrary<number> = fc.integer({ min: 0, max: 3 })
const policy: fc.Arbitrary<{ keepLast: number; keepDaily: number; keepMonthly: number; keepYearly: number }> = fc
  .record({ keepLast: keep, keepDaily: keep, keepMonthly: keep, keepYearly: keep })
  .filter((counts) => Object.values(counts).some((count) => count > 0))

function oneIn(times: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: times }).map((drawn) => drawn === 1)
}

interface History {
  readonly seed: number
  readonly steps: readonly Step[]
  readonly policies: readonly (typeof policy extends fc.Arbitrary<infer Policy> ? Policy : never)[]
}

const history: fc.Arbitrary<History> = fc.record({
  seed: fc.integer({ min: 1, max: 1000 }),
  steps: fc.array(step, { minLength: 10, maxLength: 60 }),
  policies: fc.array(policy, { minLength: 1, maxLength: 2 }),
})

async function lived({ seed, steps }: History): Promise<DatedArchive> {
  const archive = new DatedArchive(seed)
  archive.model.append()
  await archive.archive()
  for (const one of steps) await archive.take(one)
  return archive
}

/** Restores to the end of a backup, and holds it against the model. */
async function expectRestores({ disk, model }: DatedArchive, backupId: string, lsn: number): Promise<void> {
  if (lsn === 0) return
  const to = disk.fork()
  const report = await restoreOn(to, { backupId })
  expect(report).toMatchObject({ reached: true, complete: true, problems: [], lastLsn: lsn })
  expect(stateOf(to, OUT)).toEqual({ lastLsn: lsn, state: model.stateAt(lsn) })
}

export const ARCHIVE_PROPERTIES: readonly Property[] = [
  holds('a thinned archive restores every backup that it kept, and has nothing else', 40, history, async (one) => {
    const archive = await lived(one)
    const target = targetOn(archive.disk)
    for (const some of one.policies) {
      const ends = new Map((await manifestsIn(target)).map(({ id, end }) => [id, end.lsn]))
      const newest = (await listBackups(target)).backups[0]!.id
      const { kept, givenUp, problems } = await archive.thin(some)
      expect(problems).toEqual([])
      expect(kept[0]!.id).toBe(newest)
      expect(kept.length + givenUp.length).toBe(ends.size)
      expect((await manifestsIn(target)).map(({ id }) => id)).toEqual(kept.map(({ id }) => id).reverse())
      expect((await unnamedIn(target)).filter((name) => name < newest)).toEqual([])
      expect(await verifyArchive(target)).toMatchObject({ ok: true, backupsPassed: kept.length })
      for (const { id } of kept) await expectRestores(archive, id, ends.get(id)!)
      archive.model.append()
      await archive.archive()
    }
    await expectRestores(archive, (await listBackups(target)).backups[0]!.id, archive.model.lastLsn)
  }),

  holds('of an archive that is thinned as it grows, each moment restores its end', 15, history, async (one) => {
    const archive = new DatedArchive(one.seed)
    archive.model.append()
    await archive.archive()
    for (const [i, taken] of one.steps.entries()) {
      await archive.take(taken)
      if (taken.do !== 'archive') continue
      await archive.thin(one.policies[i % one.policies.length]!)
      const [newest] = (await listBackups(targetOn(archive.disk))).backups
      expect(await verifyArchive(targetOn(archive.disk))).toMatchObject({ ok: true })
      await expectRestores(archive, newest!.id, newest!.lastLsn === 0 ? 0 : (await lastOf(archive)).end.lsn)
    }
  }),

  holds('a mirror has all that its archive ever had, whatever that gives up', 15, history, async (one) => {
    const archive = new DatedArchive(one.seed)
    const mirror = targetOn(archive.disk, '/mirror')
    const ever = new Map<string, number>()
    archive.model.append()
    await archive.archive()
    for (const [i, taken] of one.steps.entries()) {
      await archive.take(taken)
      if (taken.do !== 'archive') continue
      const target = targetOn(archive.disk)
      for (const { id, end } of await manifestsIn(target)) ever.set(id, end.lsn)
      expect(await mirrorArchive(target, mirror)).toMatchObject({ refused: [] })
      if (i % 3 === 0) await archive.thin(one.policies[0]!)
    }
    if (ever.size === 0) return
    const { backups, problems } = await listBackups(mirror)
    expect(problems).toEqual([])
    expect(backups.map(({ id }) => id).sort()).toEqual([...ever.keys()].sort())
    expect(await verifyArchive(mirror)).toMatchObject({ ok: true, leftovers: [] })
  }),
]

async function lastOf({ disk }: DatedArchive): Promise<Awaited<ReturnType<typeof manifestsIn>>[number]> {
  return (await manifestsIn(targetOn(disk))).at(-1)!
}
