/** Which backups are given up, and what stays for whom. */
import { describe, expect, it } from 'vitest'
import { keptBy, resolvePolicy } from '../../src/archive/keep-policy.ts'
import { listBackups } from '../../src/archive/list-backups.ts'
import { verifyArchive } from '../../src/archive/verify-archive.ts'
import { ARCHIVE, OUT, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { DAY_MS, DatedArchive, unnamedIn } from './dated-archive.ts'
import { stateOf } from './modelled-log.ts'

const NONE = { keepLast: 0, keepDaily: 0, keepMonthly: 0, keepYearly: 0 }

/** Backups of these times, numbered from 1. */
function at(...times: readonly string[]): { sequence: number; createdMs: number }[] {
  return times.map((time, i) => ({ sequence: i + 1, createdMs: Date.parse(time) }))
}

function keptOf(times: readonly string[], policy: object, now = '2030-01-01T00:00:00Z'): Record<number, string[]> {
  return Object.fromEntries(keptBy(at(...times), { ...NONE, ...policy }, Date.parse(now)))
}

describe('a policy keeps', () => {
  const TIMES = [
    '2024-02-28T23:59:59.999Z',
    '2024-02-29T00:00:00.000Z',
    '2024-02-29T23:00:00.000Z',
    '2024-03-01T00:00:00.000Z',
    '2025-03-31T12:00:00.000Z',
    '2025-12-31T23:59:59.999Z',
    '2026-01-01T00:00:00.000Z',
  ]

  it('the newest, and so many of the last', () => {
    expect(keptOf(TIMES, { keepLast: 2 })).toEqual({ 7: ['newest', 'last'], 6: ['last'] })
    expect(keptOf(TIMES, { keepLast: 99 })).toHaveProperty('1')
  })

  it('the newest of each day, month and year of UTC that has one', () => {
    expect(keptOf(TIMES, { keepDaily: 5 })).toEqual({
      3: ['daily'],
      4: ['daily'],
      5: ['daily'],
      6: ['daily'],
      7: ['newest', 'daily'],
    })
    expect(Object.keys(keptOf(TIMES, { keepMonthly: 4 }))).toEqual(['4', '5', '6', '7'])
    expect(keptOf(TIMES, { keepYearly: 3, keepMonthly: 1 })).toEqual({
      4: ['yearly'],
      6: ['yearly'],
      7: ['newest', 'monthly', 'yearly'],
    })
  })

  it('of a day the one with the highest number, whatever the clock did', () => {
    expect(keptOf(['2024-01-01T20:00:00Z', '2024-01-01T10:00:00Z', '2024-01-02T00:00:00Z'], { keepDaily: 9 })).toEqual({
      2: ['daily'],
      3: ['newest', 'daily'],
    })
  })

  it('what is dated ahead of the clock, and counts it for no day', () => {
    const times = ['2024-01-01T00:00:00Z', '2031-01-01T00:00:00Z', '2024-01-02T00:00:00Z']
    expect(keptOf(times, { keepDaily: 1 })).toEqual({ 2: ['ahead'], 3: ['newest', 'daily'] })
  })

  it.each([
    [{}, 'keep'],
    [{ keepLast: 0 }, 'keep'],
    [{ keepDaily: -1 }, 'keepDaily'],
    [{ keepYearly: 1.5 }, 'keepYearly'],
    [{ keepMonthly: 1e9 }, 'keepMonthly'],
  ])('nothing that is none: %j', (policy, option) => {
    expect(() => resolvePolicy(policy)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_OPTION', option }))
  })
})

/** Ten days with a backup each: full ones on the first, fourth and eighth. */
async function tenDays(): Promise<DatedArchive> {
  const archive = new DatedArchive(3)
  for (let day = 1; day <= 10; day++) {
    for (let i = 0; i < 5; i++) archive.model.append()
    await archive.archive({ full: day === 4 || day === 8 })
    archive.nowMs += DAY_MS
  }
  return archive
}

async function backupsOf({ disk }: DatedArchive): Promise<number[]> {
  const { backups, problems } = await listBackups(targetOn(disk))
  expect(problems).toEqual([])
  return backups.map(({ id }) => Number(id.slice(0, 10))).reverse()
}

describe('thinning', () => {
  it('keeps what a kept backup needs, and leaves no other object', async () => {
    const archive = await tenDays()
    // Number 5 is the full one of the fourth day, 10 that of the eighth.
    expect(await backupsOf(archive)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    const report = await archive.thin({ keepDaily: 5 })
    expect(report.kept.map(({ id, reasons }) => [Number(id.slice(0, 10)), ...reasons])).toEqual([
      [12, 'newest', 'daily'],
      [11, 'daily'],
      [10, 'daily'],
      [8, 'daily'],
      [7, 'daily'],
      [6, 'needed'],
      [5, 'needed'],
    ])
    expect(await backupsOf(archive)).toEqual([5, 6, 7, 8, 10, 11, 12])
    expect(await unnamedIn(targetOn(archive.disk))).toEqual([])
    expect(await verifyArchive(targetOn(archive.disk))).toMatchObject({ ok: true, leftovers: [] })
    expect(archive.disk.list(ARCHIVE).filter((name) => name.endsWith('.thinning'))).toHaveLength(1)
  })

  it('only tells what it would do, if asked', async () => {
    const archive = await tenDays()
    const before = archive.disk.list(ARCHIVE).sort()
    const dry = await archive.thin({ keepLast: 1, dryRun: true })
    expect(archive.disk.list(ARCHIVE).sort()).toEqual(before)
    expect({ ...dry, dryRun: false }).toEqual(await archive.thin({ keepLast: 1 }))
    expect(dry.givenUp).toHaveLength(9)
  })

  it('changes nothing a second time', async () => {
    const archive = await tenDays()
    await archive.thin({ keepLast: 2 })
    const before = archive.disk.list(ARCHIVE).sort()
    expect(await archive.thin({ keepLast: 2 })).toMatchObject({ givenUp: [], objects: 0 })
    expect(archive.disk.list(ARCHIVE).sort()).toEqual(before)
  })

  it('keeps a hole that is meant apart from a loss', async () => {
    const archive = await tenDays()
    await archive.thin({ keepDaily: 5 })
    archive.disk.remove(`${ARCHIVE}/0000000011.manifest`)
    const { problems } = await listBackups(targetOn(archive.disk))
    expect(problems).toMatchObject([{ object: '0000000011.manifest', reason: expect.stringContaining('missing') }])
  })

  it('leaves what can not be used, with what it builds upon, and tells of it', async () => {
    const archive = await tenDays()
    const { disk } = archive
    const object = disk.list(ARCHIVE).find((name) => name.startsWith('0000000003-'))!
    disk.remove(`${ARCHIVE}/${object}`)
    disk.flipBit(`${ARCHIVE}/0000000007.manifest`, 50, 1)
    const { kept, problems } = await archive.thin({ keepLast: 1 })
    expect(problems.map((one) => one.object)).toEqual(['0000000007.manifest', object])
    const stays = kept.map(({ id, reasons }) => [Number(id.slice(0, 10)), ...reasons])
    // The fourth builds upon the third, the eighth and ninth upon the seventh; the fifth is a full one.
    expect(stays).toEqual([
      [12, 'newest', 'last'],
      [11, 'needed'],
      [10, 'needed'],
      [9, 'unusable'],
      [8, 'unusable'],
      [6, 'unusable'],
      [5, 'unusable'],
      [4, 'unusable'],
      [3, 'unusable'],
      [2, 'unusable'],
      [1, 'unusable'],
    ])
    expect(disk.list(ARCHIVE).some((name) => name.startsWith('0000000007-'))).toBe(true)
  })

  it('takes away what died runs left, and nothing that one under way may still name', async () => {
    const archive = await tenDays()
    await archive.take({ do: 'die' })
    const left = await unnamedIn(targetOn(archive.disk))
    expect(left.length).toBeGreaterThan(0)
    expect(await archive.thin({ keepLast: 99 })).toMatchObject({ objects: 0 })
    expect(await unnamedIn(targetOn(archive.disk))).toEqual(left)
    await archive.archive()
    expect(await archive.thin({ keepLast: 99 })).toMatchObject({ objects: left.length })
    expect(await unnamedIn(targetOn(archive.disk))).toEqual([])
  })

  it('of an archive goes on with archiving, and with restoring', async () => {
    const archive = await tenDays()
    await archive.thin({ keepLast: 1 })
    archive.model.append()
    await archive.archive()
    const { lastLsn } = await restoreOn(archive.disk)
    expect(stateOf(archive.disk, OUT)).toEqual({ lastLsn, state: archive.model.stateAt(lastLsn!) })
    expect(lastLsn).toBe(archive.model.lastLsn)
  })

  it('keeps a way from the begin of the log, where the newest full backup has lost it', async () => {
    const archive = new DatedArchive(4)
    const { model } = archive
    for (let i = 0; i < 60; i++) model.append()
    await archive.archive()
    // No checkpoint stands for what is cut off.
    model.log.truncateBefore(model.lastLsn - 10)
    await archive.archive({ full: true })
    await archive.thin({ keepLast: 1 })
    expect(await backupsOf(archive)).toEqual([1, 2])
    expect(await restoreOn(archive.disk)).toMatchObject({ firstLsn: 1, complete: true, lastLsn: model.lastLsn })
  })

  it('of no archive is refused, and so is what is no policy', async () => {
    const archive = new DatedArchive(1)
    expect(await rejection(archive.thin({ keepLast: 1 }))).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    expect(await rejection(archive.thin({ keepLast: 1, now: -1 }))).toMatchObject({ option: 'now' })
    expect(await rejection(archive.thin({ keepLast: 1, keepHourly: 3 } as object))).toMatchObject({
      option: 'keepHourly',
    })
  })
})
