/** What a report says of a directory that is not one whole log: each loss once, with its LSNs. */
import { describe, expect, it } from 'vitest'
import { KIND_END, segmentName } from '../../src/format/index.ts'
import type { Damage } from '../../src/read/damage.ts'
import { recover } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { range, readLsns } from '../support/log-records.ts'
import { end, mark, pageOf, pageSegment, record } from '../support/page-frames.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskFaults } from '../support/simulated-disk-faults.ts'
import { PAGE_BYTES, unreadablePages } from '../support/unreadable-pages.ts'
import { segmentsOn, verifyDisk } from '../support/verify-disk.ts'

/** What is told, in short: class, segment, LSNs lost. */
function toldOf(damage: readonly Damage[]): readonly string[] {
  return damage.map((one) => `${one.class} ${Number.parseInt(one.segment, 10)}: ${one.lostFrom}-${one.lostTo}`)
}

describe('missing segments', () => {
  it.each([
    [[2], ['missing-segment 1: 5-8']],
    [[3, 4], ['missing-segment 2: 9-16']],
    [
      [2, 4],
      ['missing-segment 1: 5-8', 'missing-segment 3: 13-16'],
    ],
    [[2, 3, 4], ['missing-segment 1: 5-16']],
    [[1, 2], []],
  ])('%j of five are told with exactly the LSNs that they held', (missing, told) => {
    const disk = logOf(18)
    for (const segment of missing) disk.remove(pathOf(segment))
    const report = verifyDisk(disk)
    expect(toldOf(report.damage)).toEqual(told)
    const first = missing[0] === 1 ? 9 : 1
    const gone = missing.flatMap((segment) => range(4 * segment - 3, 4))
    const left = range(1, 18).filter((lsn) => !gone.includes(lsn))
    expect(report).toMatchObject({ firstLsn: first, lastLsn: 18, records: left.length, segments: 5 - missing.length })
    expect(report.damage.every((one) => one.acknowledged && one.offset === 0 && one.bytes === 0)).toBe(true)
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(left)
  })

  it('that held no record cost none', () => {
    const disk = new SimulatedDisk()
    const first = pageSegment([record(1), record(2), end(2)])
    const second = pageSegment([end(2)], { number: 2, firstLsn: 3, previous: first.previous })
    const third = pageSegment([record(3), end(3)], { number: 3, firstLsn: 3, previous: second.previous })
    for (const { header, bytes } of [first, second, third]) disk.writeFile(pathOf(header.number), bytes)
    expect(verifyDisk(disk)).toMatchObject({ ok: true, records: 3, segments: 3 })
    disk.remove(pathOf(2))
    expect(toldOf(verifyDisk(disk).damage)).toEqual(['missing-segment 1: 0-0'])
  })

  it('behind a segment whose end is damaged are told apart from what it lost, as far as can be known', () => {
    const disk = logOf(14)
    disk.remove(pathOf(3))
    disk.flipBit(pathOf(2), recordIn(disk, 2, 6).offset + 200, 1)
    expect(toldOf(verifyDisk(disk).damage)).toEqual(['missing-segment 2: 9-12', 'payload 2: 6-6'])
  })
})

describe('a truncated segment', () => {
  const cuts: readonly [string, (disk: SimulatedDisk) => number, string][] = [
    ['in the middle of a record', (disk) => recordIn(disk, 2, 6).offset + 300, 'truncated 2: 6-8'],
    ['between two records', (disk) => recordIn(disk, 2, 7).offset, 'truncated 2: 7-8'],
    ['a few bytes into a frame', (disk) => recordIn(disk, 2, 7).offset + 3, 'truncated 2: 7-8'],
    ['behind its header page', () => 4096, 'truncated 2: 5-8'],
    ['in the middle of its end frame', (disk) => endOf(disk) + 20, 'truncated 2: 0-0'],
    ['right before its end frame', (disk) => endOf(disk), 'truncated 2: 0-0'],
    ['a few bytes before its end', (disk) => endOf(disk) + 37, 'truncated 2: 0-0'],
  ]

  function endOf(disk: SimulatedDisk): number {
    return framesIn(disk, 2).find(({ kind }) => kind === KIND_END)!.offset
  }

  it.each(cuts)('%s is told once', (_, place, told) => {
    const disk = logOf(14)
    const size = place(disk)
    edit(disk, pathOf(2), (bytes) => bytes.subarray(0, size))
    const { damage, tornTail } = verifyDisk(disk)
    expect(toldOf(damage)).toEqual([told])
    expect(tornTail).toBeNull()
    expect(damage[0]!.offset).toBeLessThanOrEqual(size)
    const recovered = recover(disk, { recover: 'skip-damaged' }).report
    expect(recovered.damage).toHaveLength(1)
    expect(recovered.damage[0]!.class).not.toBe('foreign')
    expect(recovered).toMatchObject({ lastLsn: 14 })
  })

  it('with damage before the cut has both told', () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), recordIn(disk, 2, 5).offset + 200, 1)
    edit(disk, pathOf(2), (bytes) => bytes.subarray(0, recordIn(disk, 2, 8).offset + 100))
    expect(toldOf(verifyDisk(disk).damage)).toEqual(['payload 2: 5-5', 'truncated 2: 8-8'])
  })

  it('with damage before the cut that cost nothing has both told', () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), recordIn(disk, 2, 5).offset + 200, 1)
    edit(disk, pathOf(2), (bytes) => bytes.subarray(0, endOf(disk)))
    expect(toldOf(verifyDisk(disk).damage)).toEqual(['payload 2: 5-5', 'truncated 2: 0-0'])
  })
})

describe('frames that end before the end that the next header states', () => {
  it('are damage, also where no record is lost: the end frame is part of the log', () => {
    const disk = logOf(14)
    const { offset } = framesIn(disk, 2).find(({ kind }) => kind === KIND_END)!
    edit(disk, pathOf(2), (bytes) => void bytes.fill(0, offset))
    const { damage, ok } = verifyDisk(disk)
    expect(ok).toBe(false)
    expect(damage).toMatchObject([{ class: 'zeros', offset, bytes: 40, lostFrom: 0, lostTo: 0, acknowledged: true }])
  })

  it('are of another history, where an end frame ends them', () => {
    const disk = new SimulatedDisk()
    const whole = pageSegment([record(1), record(2), end(2), mark(2)])
    const next = pageSegment([record(3), end(3)], { number: 2, firstLsn: 3, previous: whole.previous })
    for (const { header, bytes } of [whole, next]) disk.writeFile(pathOf(header.number), bytes)
    const place = { class: 'foreign', segment: segmentName(1), offset: pageOf(3), bytes: 0, lostFrom: 0 }
    expect(verifyDisk(disk)).toMatchObject({ ok: false, damage: [place], records: 3 })
  })
})

describe('a renamed segment', () => {
  it('is told with the name that it should have', () => {
    const disk = logOf(14)
    disk.rename(pathOf(3), pathOf(9))
    const message = `its header says segment 3; ${segmentName(3)} is not there: was it renamed?`
    expect(recoverProblem(disk, 9)).toContain(message)
    expect(toldOf(verifyDisk(disk).damage)).toEqual(['missing-segment 2: 9-12', 'duplicate-segment 9: 0-0'])
  })

  it('that is a copy is told as one', () => {
    const disk = logOf(14)
    disk.writeFile(pathOf(9), disk.readFile(pathOf(3)))
    expect(recoverProblem(disk, 9)).toMatch(/its header says segment 3$/)
    expect(toldOf(verifyDisk(disk).damage)).toEqual(['duplicate-segment 9: 0-0'])
  })

  it('that took the place of another: both are told, and the LSNs of the other', () => {
    const disk = logOf(14)
    disk.rename(pathOf(3), pathOf(2))
    expect(toldOf(verifyDisk(disk).damage)).toEqual(['missing-segment 1: 5-12', 'duplicate-segment 2: 0-0'])
  })
})

/** The message about one file, of those for which opening is refused. */
function recoverProblem(disk: SimulatedDisk, segment: number): string | undefined {
  try {
    recover(disk)
    return undefined
  } catch (error) {
    const { reasons } = error as { reasons: readonly { segment: string; message: string }[] }
    return reasons.find((reason) => reason.segment === segmentName(segment))?.message
  }
}

/** Every page of a file: the disk gives nothing of it. */
function unreadableFile(disk: SimulatedDisk, segment: number): DiskFaults {
  const pages = range(0, Math.ceil(disk.statPath(pathOf(segment))!.size / PAGE_BYTES))
  return unreadablePages(
    pathOf(segment),
    pages.map((page) => page * PAGE_BYTES),
  )
}

describe('a segment of which the disk gives nothing', () => {
  it.each([
    [2, ['unreadable 2: 5-8']],
    [3, ['unreadable 3: 9-12']],
    [4, ['unreadable 4: 13-0']],
  ] as const)('%i of four is told with what it cost, and is not missing', (segment, told) => {
    const disk = logOf(14)
    disk.faults = unreadableFile(disk, segment)
    expect(toldOf(verifyDisk(disk).damage)).toEqual(told)
    expect(segmentsOn(disk)[segment - 2]).toMatchObject({ isLast: false, lastLsn: undefined })
  })

  it.each([1, 2, 3, 4])('but its header page: %i of four loses no record', (segment) => {
    const disk = logOf(14)
    disk.faults = unreadablePages(pathOf(segment), [0])
    const report = verifyDisk(disk)
    expect(toldOf(report.damage)).toEqual([`unreadable ${segment}: 0-0`])
    expect(report.records).toBe(14)
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 14))
  })

  it('closes the one before it: what is wrong at its end is no torn tail', () => {
    const disk = logOf(14)
    edit(disk, pathOf(3), (bytes) => void bytes.fill(0x11, recordIn(disk, 3, 12).offset + 100))
    disk.faults = unreadableFile(disk, 4)
    const { damage, tornTail } = verifyDisk(disk)
    expect(tornTail).toBeNull()
    expect(damage).toMatchObject([
      { segment: segmentName(3), lostFrom: 12, lostTo: 0 },
      { class: 'unreadable', segment: segmentName(4) },
    ])
  })
})
