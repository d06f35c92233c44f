/** Notes of a thinning that are damaged, or lie; and the numbers that they tell of. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { listBackups } from '../../src/archive/list-backups.ts'
import { NumberRanges } from '../../src/archive/number-ranges.ts'
import { encodeNote } from '../../src/archive/thinning-note.ts'
import { verifyArchive } from '../../src/archive/verify-archive.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { ARCHIVE, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { DatedArchive } from './dated-archive.ts'

const NOTE = `${ARCHIVE}/0000000004-${'7'.repeat(16)}.thinning`

let archive: DatedArchive

beforeEach(async () => {
  archive = new DatedArchive(9)
  for (const full of [false, false, true]) {
    archive.model.append()
    await archive.archive({ full })
  }
})

function told(givenUp: unknown, more: object = {}): Uint8Array {
  const line = JSON.stringify({ format: 'ringwal-archive-thinning', version: 1, createdMs: 1, givenUp, ...more })
  return Buffer.from(`${line}\n${createHash('sha256').update(line).digest('hex')}\n`)
}

describe('a note of a thinning', () => {
  it('gives up what it tells of, from the moment that it is there', async () => {
    archive.disk.writeFile(NOTE, encodeNote(1, NumberRanges.of([1, 2, 3])))
    const { backups, problems } = await listBackups(targetOn(archive.disk))
    expect(problems).toEqual([])
    expect(backups.map(({ id }) => Number(id.slice(0, 10)))).toEqual([4])
    expect(await restoreOn(archive.disk.fork())).toMatchObject({ lastLsn: archive.model.lastLsn, reached: true })
    await archive.thin({ keepLast: 9 })
    const left = archive.disk.list(ARCHIVE).filter((name) => name < '0000000004')
    expect(left).toEqual([])
  })

  it.each([
    ['no list', told('1-3')],
    ['a range of three', told([[1, 2, 3]])],
    ['a range that ends before it begins', told([[3, 1]])],
    ['a number that no backup has', told([[0, 3]])],
    ['more numbers than there are', told([[1, 2 ** 53 - 1]])],
    ['half a number', told([[1, 1.5]])],
    ['a text', told([['1', '2']])],
    ['a manifest', told([[1, 2]], { format: 'ringwal-archive' })],
    ['a wrong check', Buffer.concat([told([[1, 2]]).subarray(0, -2), Buffer.from('x\n')])],
    ['nothing', new Uint8Array(0)],
  ])('that holds %s is named, gives nothing up, and stays', async (_, bytes) => {
    archive.disk.writeFile(NOTE, bytes)
    const target = targetOn(archive.disk)
    const { backups, problems } = await listBackups(target)
    expect(backups).toHaveLength(4)
    expect(problems).toMatchObject([{ object: NOTE.slice(ARCHIVE.length + 1) }])
    expect(await verifyArchive(target)).toMatchObject({ ok: false, backupsPassed: 4 })
    expect((await archive.thin({ keepLast: 1 })).problems).toHaveLength(1)
    expect(archive.disk.list(ARCHIVE)).toContain(NOTE.slice(ARCHIVE.length + 1))
  })

  it('of a later version is named', async () => {
    archive.disk.writeFile(NOTE, told([[1, 2]], { version: 2 }))
    expect((await listBackups(targetOn(archive.disk))).problems).toMatchObject([
      { reason: expect.stringContaining('version') },
    ])
  })

  it('can not be read for want of rights is no reason to take a hole for a loss', async () => {
    await archive.thin({ keepLast: 1 })
    // Notes are what is read first.
    archive.disk.faults = new PlannedFaults({ operation: 'open', at: 1, fault: { errno: 'EACCES' } })
    expect(await rejection(listBackups(targetOn(archive.disk)))).toMatchObject({ code: 'ERR_RINGWAL_IO' })
    archive.disk.faults = undefined
  })
})

describe('numbers as ranges', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 })
  const all = Array.from({ length: 32 }, (_, i) => i)

  it('are a set', () => {
    fc.assert(
      fc.property(numbers, numbers, (some, others) => {
        const [one, other] = [NumberRanges.of(some), NumberRanges.of(others)]
        expect(all.filter((n) => one.has(n))).toEqual([...some].sort((a, b) => a - b))
        expect(all.filter((n) => one.with(other).has(n))).toEqual(all.filter((n) => one.has(n) || other.has(n)))
        expect(all.filter((n) => one.without(others).has(n))).toEqual(all.filter((n) => one.has(n) && !other.has(n)))
        expect(one.hasAll(other)).toBe(others.every((n) => some.includes(n)))
      }),
    )
  })

  it('that stand side by side are one', () => {
    expect(NumberRanges.of([3, 1, 2, 9]).ranges).toEqual([
      [1, 3],
      [9, 9],
    ])
  })
})
