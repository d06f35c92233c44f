/** An archive of which something is not as it was stored: the object is named, and an older backup takes its place. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseManifestName, parseObjectName } from '../../src/archive/archive-names.ts'
import { verifyArchive } from '../../src/archive/verify-archive.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { ARCHIVE, archiveOn, OUT, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { ModelledLog, stateOf } from './modelled-log.ts'

/** Where each of six backups ends: the third is a full one, with an increment to the same place before it. */
const ends: number[] = []
let model: ModelledLog

beforeAll(async () => {
  model = new ModelledLog(7)
  for (const full of [false, false, true, false, false]) {
    for (let i = 0; i < 30; i++) model.append()
    const { backups } = await archiveOn(model.disk, { full, durableLsn: model.log.durable, compress: full })
    ends.push(...backups.map(() => model.log.durable))
  }
  expect(ends).toHaveLength(6)
})

function names(disk: SimulatedDisk): string[] {
  return disk.list(ARCHIVE).sort()
}

function pathOf(name: string): string {
  return `${ARCHIVE}/${name}`
}

/** An object of a backup, in the middle of it. */
function objectOf(disk: SimulatedDisk, backup: number): string {
  const own = names(disk).filter((name) => parseObjectName(name)?.sequence === backup)
  return own[own.length >> 1]!
}

function flip(disk: SimulatedDisk, name: string, part: number): void {
  const { length } = disk.readFile(pathOf(name))
  disk.flipBit(pathOf(name), Math.floor((length - 1) * part), 3)
}

/** Restores all that can be, and holds it against the model. @returns the LSN that it came to */
async function restoredTo(disk: SimulatedDisk, object: string, isShort: boolean): Promise<number> {
  const report = await restoreOn(disk)
  // What is not needed is not read.
  if (isShort) expect(report.problems.map((one) => one.object)).toContain(object)
  expect(report.reached).toBe(!isShort)
  expect(stateOf(disk, OUT)).toEqual({ lastLsn: report.lastLsn, state: model.stateAt(report.lastLsn!) })
  return report.lastLsn!
}

async function failuresOf(disk: SimulatedDisk): Promise<string[]> {
  const { checks, ok } = await verifyArchive(targetOn(disk))
  expect(ok).toBe(checks.every(({ pass }) => pass))
  return checks.filter(({ pass }) => !pass).map(({ check }) => check)
}

/** @returns the object that is to be named, where it is not the one that something was done to */
type Act = (disk: SimulatedDisk, name: string) => string | undefined

const DEEDS: readonly (readonly [name: string, act: Act])[] = [
  ['has a flipped bit', (disk, name) => void flip(disk, name, 0.5)],
  ['is missing', (disk, name) => void disk.remove(pathOf(name))],
  ['is empty', (disk, name) => void disk.writeFile(pathOf(name), new Uint8Array(0))],
  [
    'is longer',
    (disk, name) => void disk.writeFile(pathOf(name), Buffer.concat([bytesOf(disk, name), Buffer.from('x')])),
  ],
  ['is another object', (disk, name) => void disk.writeFile(pathOf(name), bytesOf(disk, anySegment(disk)))],
  ['was renamed', (disk, name) => void disk.rename(pathOf(name), pathOf(renumbered(name)))],
  [
    'is there twice',
    (disk, name) => {
      disk.writeFile(pathOf(renumbered(name)), bytesOf(disk, name))
      return renumbered(name)
    },
  ],
  [
    'is a link',
    (disk, name) => {
      disk.writeFile('/elsewhere', bytesOf(disk, name))
      disk.remove(pathOf(name))
      disk.makeLink(pathOf(name), '/elsewhere')
      return undefined
    },
  ],
]

function bytesOf(disk: SimulatedDisk, name: string): Uint8Array {
  return disk.readFile(pathOf(name))
}

function renumbered(name: string): string {
  return name.replace(/-\d{6}\./, '-000999.')
}

function anySegment(disk: SimulatedDisk): string {
  return names(disk).find((name) => name.endsWith('.segment'))!
}

function done(act: Act, disk: SimulatedDisk, backup: number): string {
  const name = objectOf(disk, backup)
  return act(disk, name) ?? name
}

describe('an object of a backup that', () => {
  it.each(DEEDS)('%s is named, and a restore falls back to the older backup', async (_, act) => {
    for (const backup of [2, 5, 6]) {
      const disk = model.disk.fork()
      const object = done(act, disk, backup)
      expect(await failuresOf(disk)).toContain(object)
      // The second is not needed from the full one on.
      const isShort = backup > 4
      expect(await restoredTo(disk, object, isShort)).toBe(isShort ? ends[backup - 2] : ends[5])
    }
  })

  it.each(DEEDS)('%s does no harm where another full backup reaches as far', async (_, act) => {
    const disk = model.disk.fork()
    const object = done(act, disk, 4)
    expect(await failuresOf(disk)).toContain(object)
    expect(await restoredTo(disk, object, false)).toBe(ends[5])
  })
})

describe('any single byte of an archive', () => {
  it('that is flipped is found, with the name of its object', async () => {
    for (const name of names(model.disk)) {
      for (const part of [0, 0.37, 1]) {
        const disk = model.disk.fork()
        flip(disk, name, part)
        expect(await failuresOf(disk)).toContain(name)
      }
    }
  })
})

describe('a manifest that', () => {
  const manifest = (sequence: number): string => names(model.disk).find((name) => parseManifestName(name) === sequence)!

  it('is that of another backup is refused, and the older backup is taken', async () => {
    const disk = model.disk.fork()
    disk.writeFile(pathOf(manifest(6)), disk.readFile(pathOf(manifest(5))))
    expect(await failuresOf(disk)).toContain(manifest(6))
    expect(await restoredTo(disk, manifest(6), true)).toBe(ends[4])
  })

  it('was made anew, with its own check, does not fit what comes behind it', async () => {
    const disk = model.disk.fork()
    const [line] = Buffer.from(disk.readFile(pathOf(manifest(5))))
      .toString()
      .split('\n')
    const other = line!.replace(/"createdMs":\d+/, '"createdMs":1')
    const check = createHash('sha256').update(other).digest('hex')
    disk.writeFile(pathOf(manifest(5)), Buffer.from(`${other}\n${check}\n`))
    expect(await failuresOf(disk)).toContain(manifest(6))
    expect(await restoredTo(disk, manifest(6), true)).toBe(ends[4])
  })

  it('is missing is named', async () => {
    const disk = model.disk.fork()
    disk.remove(pathOf(manifest(5)))
    expect(await failuresOf(disk)).toContain(manifest(5))
    expect(await restoredTo(disk, manifest(5), true)).toBe(ends[3])
  })

  it('does not verify is not built upon', async () => {
    const disk = model.disk.fork()
    flip(disk, manifest(6), 0.5)
    expect(await rejection(archiveOn(disk))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', object: manifest(6) })
  })
})

it('a name that no archive gives fails, and harms nobody', async () => {
  const disk = model.disk.fork()
  disk.writeFile(pathOf('notes.txt'), Buffer.from('x'))
  expect(await failuresOf(disk)).toEqual(['notes.txt'])
  expect(await restoreOn(disk)).toMatchObject({ reached: true, problems: [] })
})

it('an archive of which nothing can be used is told', async () => {
  const disk = model.disk.fork()
  for (const name of names(disk)) if (name.endsWith('.manifest')) flip(disk, name, 0.3)
  expect(await rejection(restoreOn(disk))).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  expect(disk.statPath(OUT)).toBeUndefined()
})
