/** What a mirror gets, keeps and refuses. */
import { beforeEach, describe, expect, it } from 'vitest'
import { manifestName } from '../../src/archive/archive-names.ts'
import { listBackups } from '../../src/archive/list-backups.ts'
import { type MirrorOptions, type MirrorReport, mirrorArchive } from '../../src/archive/mirror-archive.ts'
import { restore } from '../../src/archive/restore-log.ts'
import { planRestore } from '../../src/archive/restore-options.ts'
import { thinArchive } from '../../src/archive/thin-archive.ts'
import { verifyArchive } from '../../src/archive/verify-archive.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { ARCHIVE, OUT, rejection, restorePorts, targetOn } from './archive-kit.ts'
import { cutsOf } from './cuts-of.ts'
import { DAY_MS, DatedArchive, danglingIn } from './dated-archive.ts'
import { stateOf } from './modelled-log.ts'

const MIRROR = '/mirror'

let archive: DatedArchive
let disk: SimulatedDisk

beforeEach(async () => {
  archive = new DatedArchive(41)
  for (let day = 0; day < 4; day++) await another(day === 2)
  disk = archive.disk
})

async function another(full = false): Promise<void> {
  for (let i = 0; i < 6; i++) archive.model.append()
  archive.model.checkpoint()
  await archive.archive({ full })
  archive.nowMs += DAY_MS
}

function mirror(on: SimulatedDisk = disk, options: MirrorOptions = {}): Promise<MirrorReport> {
  return mirrorArchive(targetOn(on), targetOn(on, MIRROR), options)
}

function namesIn(dir: string): string[] {
  return disk.list(dir).sort()
}

/** All that the log came to can be restored from the mirror. */
async function expectMirrored(on: SimulatedDisk = disk): Promise<void> {
  const target = targetOn(on, MIRROR)
  expect(await verifyArchive(target)).toMatchObject({ ok: true, leftovers: [] })
  const to = on.fork()
  const { lastLsn } = await restore(restorePorts(to), targetOn(to, MIRROR), planRestore({ output: OUT }))
  expect(stateOf(to, OUT)).toEqual({ lastLsn: archive.model.lastLsn, state: archive.model.stateAt(lastLsn!) })
}

/** Of a backup, the object that is named first. */
function objectOf(sequence: number, dir: string): string {
  return namesIn(dir).find(
    (name) => name.startsWith(manifestName(sequence).slice(0, 10)) && !name.endsWith('manifest'),
  )!
}

describe('a mirror', () => {
  it('gets all that is there, byte for byte, and then what is new', async () => {
    expect(await mirror()).toMatchObject({ from: ARCHIVE, to: MIRROR, copied: 5, there: 0, refused: [] })
    expect(namesIn(MIRROR)).toEqual(namesIn(ARCHIVE))
    for (const name of namesIn(MIRROR))
      expect(disk.readFile(`${MIRROR}/${name}`)).toEqual(disk.readFile(`${ARCHIVE}/${name}`))
    expect(await mirror()).toMatchObject({ copied: 0, there: 5, objects: 0, bytes: 0 })
    await another()
    expect(await mirror()).toMatchObject({ copied: 1, there: 5 })
    await expectMirrored()
  })

  it('is told how far it came', async () => {
    const told: [number, number][] = []
    const { bytes } = await mirror(disk, { onProgress: (done, total) => told.push([done, total]) })
    expect(told.at(-1)).toEqual([bytes, bytes])
    expect(told.map(([done]) => done)).toEqual([...told.map(([done]) => done)].sort((a, b) => a - b))
  })

  it('keeps what the archive lost, and tells of it', async () => {
    await mirror()
    const before = namesIn(MIRROR)
    const lost = objectOf(3, ARCHIVE)
    disk.remove(`${ARCHIVE}/${lost}`)
    disk.remove(`${ARCHIVE}/${manifestName(2)}`)
    const { refused } = await mirror()
    expect(refused.map(({ object }) => object)).toEqual([manifestName(2), lost])
    expect(namesIn(MIRROR)).toEqual(before)
    await expectMirrored()
  })

  it('gives the archive back what that lost', async () => {
    await mirror()
    for (const name of [objectOf(3, ARCHIVE), manifestName(2)]) disk.remove(`${ARCHIVE}/${name}`)
    expect(await mirrorArchive(targetOn(disk, MIRROR), targetOn(disk))).toMatchObject({ refused: [], copied: 1 })
    expect(await verifyArchive(targetOn(disk))).toMatchObject({ ok: true, leftovers: [] })
  })

  it('keeps what the archive gave up', async () => {
    await mirror()
    await archive.thin({ keepLast: 1 })
    expect(await mirror()).toMatchObject({ refused: [] })
    expect((await listBackups(targetOn(disk, MIRROR))).backups).toHaveLength(5)
    await expectMirrored()
  })

  it('gets back nothing that it gave up itself', async () => {
    await mirror()
    expect((await thinArchive(targetOn(disk, MIRROR), { keepLast: 1 })).givenUp).toHaveLength(3)
    await another()
    expect(await mirror()).toMatchObject({ copied: 1, there: 2, refused: [] })
    expect((await listBackups(targetOn(disk, MIRROR))).backups).toHaveLength(3)
    await expectMirrored()
  })

  it('has no loss where the archive gave up what was not copied yet', async () => {
    await mirror()
    for (const full of [false, false, true, false]) await another(full)
    expect((await archive.thin({ keepLast: 1 })).givenUp.length).toBeGreaterThan(6)
    expect(await mirror()).toMatchObject({ refused: [] })
    expect((await listBackups(targetOn(disk, MIRROR))).problems).toEqual([])
    await expectMirrored()
    expect(await mirror()).toMatchObject({ copied: 0, refused: [] })
    expect(namesIn(MIRROR).filter((name) => name.endsWith('.thinning'))).toHaveLength(1)
  })

  it.each([
    ['of the same length', (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1)],
    ['of another length', (bytes: Uint8Array) => bytes.subarray(1)],
  ])('with another object under a name, %s, is told so, and keeps it', async (_, change) => {
    const name = objectOf(3, ARCHIVE)
    const other = change(disk.readFile(`${ARCHIVE}/${name}`))
    disk.makeDirectory(MIRROR)
    disk.writeFile(`${MIRROR}/${name}`, other)
    expect(await mirror()).toMatchObject({
      copied: 4,
      refused: [{ object: name, reason: expect.stringContaining(MIRROR) }],
    })
    expect(disk.readFile(`${MIRROR}/${name}`)).toEqual(other)
    expect(namesIn(MIRROR)).not.toContain(manifestName(3))
  })

  it('of which an object is gone gets it again; one that is damaged it keeps', async () => {
    await mirror()
    const [gone, short] = [objectOf(2, MIRROR), objectOf(4, MIRROR)]
    disk.remove(`${MIRROR}/${gone}`)
    disk.writeFile(`${MIRROR}/${short}`, Buffer.from('short'))
    expect(await mirror()).toMatchObject({ objects: 1, refused: [{ object: short }] })
    expect(disk.readFile(`${MIRROR}/${gone}`)).toEqual(disk.readFile(`${ARCHIVE}/${gone}`))
    expect(disk.readFile(`${MIRROR}/${short}`)).toEqual(new Uint8Array(Buffer.from('short')))
  })

  it('gets nothing of an object with a flipped bit, and the rest', async () => {
    const name = objectOf(2, ARCHIVE)
    disk.flipBit(`${ARCHIVE}/${name}`, 100, 3)
    expect(await mirror()).toMatchObject({
      copied: 4,
      refused: [{ object: name, reason: expect.stringContaining('SHA-256') }],
    })
    expect(namesIn(MIRROR)).not.toContain(name)
  })

  it('with a damaged manifest keeps it, and is told so', async () => {
    await mirror()
    disk.flipBit(`${MIRROR}/${manifestName(4)}`, 60, 3)
    expect(await mirror()).toMatchObject({ there: 4, refused: [{ object: manifestName(4) }] })
  })

  it('of another log, or of another history of this one, is refused before anything is copied', async () => {
    const other = new DatedArchive(5)
    other.model.append()
    await other.archive({}, targetOn(other.disk, MIRROR))
    const stranger = mirrorArchive(targetOn(disk), targetOn(other.disk, MIRROR))
    expect(await rejection(stranger)).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS' })
    await mirror()
    archive.model.append()
    await archive.archive({}, targetOn(disk, MIRROR))
    await another()
    const before = namesIn(MIRROR)
    expect(await rejection(mirror())).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', object: manifestName(6) })
    expect(namesIn(MIRROR)).toEqual(before)
  })

  it('is another place, and there is something to mirror', async () => {
    expect(await rejection(mirrorArchive(targetOn(disk), targetOn(disk)))).toMatchObject({ option: 'to' })
    const nothing = mirrorArchive(targetOn(disk, '/none'), targetOn(disk, MIRROR))
    expect(await rejection(nothing)).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    expect(disk.statPath(MIRROR)).toBeUndefined()
  })
})

describe('mirroring', () => {
  it('that a power cut ends leaves no manifest without its objects, and the next one ends it', async () => {
    const run = disk.fork()
    const cuts = await cutsOf(run, () => mirror(run))
    expect(cuts.length).toBeGreaterThan(60)
    for (const [i, state] of cuts.entries()) {
      const target = targetOn(state, MIRROR)
      if (state.statPath(MIRROR) !== undefined) expect(await danglingIn(target)).toEqual([])
      if (i % 8 > 0) continue
      expect(await mirror(state)).toMatchObject({ refused: [] })
      await expectMirrored(state)
    }
  })

  it('of which a call fails tells so, and can be made again', async () => {
    let hits = 0
    for (const operation of ['open', 'read', 'write', 'syncAll', 'link', 'syncDirectory', 'list'] as const) {
      for (let at = 1; ; at += 4) {
        const on = disk.fork()
        const faults = new PlannedFaults({ operation, at, fault: { errno: 'EACCES' } })
        on.faults = faults
        const error = await rejection(mirror(on))
        on.faults = undefined
        if (faults.hits === 0) break
        hits++
        if (error !== undefined) expect(error).toMatchObject({ code: 'ERR_RINGWAL_IO' })
        expect(await danglingIn(targetOn(on, MIRROR)).catch(() => [])).toEqual([])
        await mirror(on)
        await expectMirrored(on)
      }
    }
    expect(hits).toBeGreaterThan(20)
  })

  it('by two at a time copies each object once', async () => {
    const reports = await Promise.all([mirror(), mirror()])
    expect(reports.flatMap(({ refused }) => refused)).toEqual([])
    expect(reports[0]!.objects + reports[1]!.objects).toBe(namesIn(ARCHIVE).length - 5)
    await expectMirrored()
  })
})
