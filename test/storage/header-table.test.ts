/** Every combination of HEADER_TABLE as bytes: what listing a directory makes of such a file, and opening with it. */
import { describe, expect, it } from 'vitest'
import { HEADER_EPOCH_AT } from '../../src/format/header-layout.ts'
import {
  HEADER_BYTES,
  HEADER_CHECK_AT,
  HEADER_COPY_B_AT,
  HEADER_PAGE_BYTES,
  type HeaderFacts,
  KIND_END,
  segmentName,
} from '../../src/format/index.ts'
import { listSegments, type SegmentListing } from '../../src/storage/segment-directory.ts'
import { combinations, FACTS } from '../format/recovery-facts.ts'
import { checker, LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, range, readLsns, thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { type HeaderCase, headerCase, headerCases, headerFactsOf, IMPOSSIBLE, isImpossible } from './header-cases.ts'

function listed(disk: SimulatedDisk): SegmentListing {
  return listSegments(disk, LOG_DIR, checker)
}

/** Offsets of the copies that do not verify. */
function lostCopies({ copyA, copyB }: HeaderFacts): number[] {
  return [...(copyA === 'good' ? [] : [0]), ...(copyB === 'good' ? [] : [HEADER_COPY_B_AT])]
}

/** Nothing was changed on the disk. */
function expectUntouched(disk: SimulatedDisk): void {
  const changes = ['write', 'rename', 'remove', 'truncate']
  expect(disk.calls.filter(({ operation }) => changes.includes(operation))).toEqual([])
}

/** Segment 4 was kept under another name, as it was, and the log goes on with a new one. */
function expectSetAside({ title, disk }: HeaderCase): void {
  const before = disk.readFile(pathOf(4))
  const log = LogHarness.open(disk, SMALL)
  const { report, resume } = log.recovered
  expect(report, title).toMatchObject({ leftovers: [segmentName(4)], lastLsn: 12, segments: 3, damage: [] })
  expect(resume).toMatchObject({ nextSegment: 4, nextLsn: 13 })
  const names = disk.list(LOG_DIR).sort()
  expect(names.slice(0, 3)).toEqual(range(1, 3).map(segmentName))
  expect(names.slice(3)).toEqual([expect.stringMatching(/^0{19}4\.rwal\.unfinished-\d+$/)])
  expect(disk.readFile(`${LOG_DIR}/${names[3]}`)).toEqual(before)
  expect(log.appender.appendBytes(payload(30, 1))).toBe(13)
  log.close()
  expect(readLsns(disk)).toEqual(range(1, 13))
}

describe('the combinations of HEADER_TABLE', () => {
  it('are all built as bytes, but for exactly those that no bytes have', () => {
    const all = combinations<HeaderFacts>(FACTS.header)
    for (const facts of all) {
      const { title, disk, segment } = headerCase(facts)
      if (isImpossible(facts)) expect(headerFactsOf(disk, segment), title).not.toEqual(facts)
      else expect(headerFactsOf(disk, segment), title).toEqual(facts)
    }
    expect([all.length, all.filter(isImpossible).length]).toEqual([18, 1])
    for (const { why } of IMPOSSIBLE) expect(why).toMatch(/^[A-Z].*[^.]\.$/)
  })

  it('are those of the bytes in every case', () => {
    const all = headerCases('segment', 'one-copy', 'begun', 'lost-header', 'unused', 'unstarted')
    for (const { title, facts, disk, segment } of all) expect(headerFactsOf(disk, segment), title).toEqual(facts)
    expect(all.length).toBeGreaterThan(60)
  })

  it('are judged the same where the last file that was begun has no good copy', () => {
    const before = headerCases('segment', 'one-copy', 'lost-header').filter(({ segment }) => segment === 3)
    expect(before.length).toBeGreaterThan(30)
    for (const { title, disk } of before) {
      const { segments, problems } = listed(disk)
      edit(disk, pathOf(4), (bytes) => void bytes.fill(0, 0, HEADER_PAGE_BYTES))
      const again = listed(disk)
      expect(again.problems.slice(0, -1), title).toEqual(problems)
      expect(
        again.segments.slice(0, -1).map(({ number, headerFrom }) => [number, headerFrom]),
        title,
      ).toEqual(segments.slice(0, -1).map(({ number, headerFrom }) => [number, headerFrom]))
    }
  })
})

describe('segment', () => {
  it.each(headerCases('segment', 'one-copy'))('is listed, with what is wrong with its page: $title', (one) => {
    const { segments, leftovers, problems } = listed(one.disk)
    expect({ leftovers, problems }).toEqual({ leftovers: [], problems: [] })
    expect(segments.map(({ number, headerFrom }) => [number, headerFrom])).toEqual(range(1, 4).map((n) => [n, 'page']))
    const { header, headerDamage } = segments[one.segment - 1]!
    expect(header.firstLsn).toBe(4 * one.segment - 3)
    expect(headerDamage.map(({ offset }) => offset)).toEqual(lostCopies(one.facts))
  })

  it.each(headerCases('segment', 'one-copy'))(
    'is opened, if its records are there: $title',
    ({ facts, segment, behind, disk }) => {
      if (behind === 'zeros') {
        const lost = { code: 'ERR_RINGWAL_DAMAGED', class: 'zeros', lostFrom: 4 * segment - 3, lostTo: 4 * segment }
        expect(thrownBy(() => recover(disk))).toMatchObject({ ...lost, file: segmentName(segment), offset: 4096 })
        expectUntouched(disk)
        return
      }
      const { report } = recover(disk)
      const damage = lostCopies(facts).map((offset) => ({ class: 'segment-header', offset, lostFrom: 0, lostTo: 0 }))
      expect(report).toMatchObject({ lastLsn: 14, segments: 4, damage })
      expect(report.damage).toHaveLength(damage.length)
      expect(readLsns(disk)).toEqual(range(1, 14))
      const strict = thrownBy(() => recover(disk, { recover: 'strict' }))
      if (damage.length === 0) expect(strict).toBeUndefined()
      else
        expect(strict).toMatchObject({
          code: 'ERR_RINGWAL_DAMAGED',
          class: 'segment-header',
          file: segmentName(segment),
        })
    },
  )

  it('that is the last, with two good copies and nothing behind them, is set aside: it holds nothing', () => {
    const disk = logOf(14)
    edit(disk, pathOf(4), (bytes) => void bytes.fill(0, HEADER_PAGE_BYTES))
    expect(listed(disk)).toMatchObject({ leftovers: [], problems: [], segments: { length: 4 } })
    const { report, resume } = recover(disk)
    expect(report).toMatchObject({ leftovers: [segmentName(4)], segments: 3, lastLsn: 12 })
    expect(resume).toMatchObject({ nextSegment: 4, nextLsn: 13 })
  })
})

describe('begun', () => {
  it.each(headerCases('begun'))('is a segment without a record, and nothing is wrong with it: $title', ({ disk }) => {
    const { segments, leftovers, problems } = listed(disk)
    expect({ leftovers, problems }).toEqual({ leftovers: [], problems: [] })
    expect(segments.at(-1)).toMatchObject({ number: 4, isLast: true, headerDamage: [], header: { firstLsn: 13 } })
    expect(segments.at(-2)).toMatchObject({ number: 3, isLast: false, lastLsn: 12 })
    expect(readLsns(disk)).toEqual(range(1, 12))
  })

  it.each(headerCases('begun'))('is set aside by opening, and its number used: $title', (one) => {
    expectSetAside(one)
  })

  it.each(headerCases('begun'))('proves that all before it was durable: $title', ({ disk }) => {
    const last = framesIn(disk, 3).at(-1)!
    expect(last.kind).toBe(KIND_END)
    disk.flipBit(pathOf(3), last.offset + 20, 1)
    disk.flipBit(pathOf(3), recordIn(disk, 3, 12).offset + 100, 1)
    const refusal = { code: 'ERR_RINGWAL_DAMAGED', file: segmentName(3), lostFrom: 12, lostTo: 12 }
    expect(thrownBy(() => recover(disk))).toMatchObject(refusal)
  })
})

describe('lost-header', () => {
  it.each(headerCases('lost-header'))('is a problem, and read by its frames where it has any: $title', (one) => {
    const { segments, leftovers, problems } = listed(one.disk)
    expect(leftovers).toEqual([])
    expect(problems).toMatchObject([{ class: 'segment-header', file: segmentName(one.segment), offset: 0 }])
    const lost = segments.find(({ number }) => number === one.segment)
    if (one.behind === 'zeros') expect(lost).toBeUndefined()
    else expect(lost).toMatchObject({ headerFrom: 'frames', header: { firstLsn: 4 * one.segment - 3 } })
  })

  it.each(headerCases('lost-header'))('is refused by opening, and not touched: $title', ({ segment, disk }) => {
    const refusal = { code: 'ERR_RINGWAL_DAMAGED', class: 'segment-header', file: segmentName(segment), offset: 0 }
    for (const recoverMode of ['strict', 'tail', 'skip-damaged'] as const)
      expect(
        thrownBy(() => recover(disk, { recover: recoverMode })),
        recoverMode,
      ).toMatchObject(refusal)
    expect(thrownBy(() => readLsns(disk))).toMatchObject(refusal)
    expectUntouched(disk)
  })

  it.each(headerCases('lost-header'))('costs a reader who goes on no more than the frames: $title', (one) => {
    const told: string[] = []
    const lsns = readLsns(one.disk, { onDamage: (damage) => told.push(`${damage.class} ${damage.segment}`) })
    const first = 4 * one.segment - 3
    const gone = one.behind === 'zeros' ? range(first, 4) : []
    expect(lsns).toEqual(range(1, 14).filter((lsn) => !gone.includes(lsn)))
    expect(told).toEqual([`segment-header ${segmentName(one.segment)}`])
  })
})

describe('unused and unstarted', () => {
  it.each(headerCases('unused', 'unstarted'))('is left over: $title', ({ segment, is, disk }) => {
    const { segments, leftovers, problems } = listed(disk)
    const { length: size } = disk.readFile(pathOf(segment))
    expect({ segments: segments.length, problems }).toEqual({ segments: 3, problems: [] })
    expect(leftovers).toEqual([{ name: segmentName(segment), path: pathOf(segment), size, isBlank: is === 'unused' }])
    expect(segments.at(-1)).toMatchObject({ number: 3, isLast: true })
  })

  it.each(headerCases('unused'))('is cleared away by opening, if nothing was written to it: $title', ({ disk }) => {
    const { report } = LogHarness.open(disk, SMALL).recovered
    expect(report).toMatchObject({ leftovers: [segmentName(4)], lastLsn: 12, segments: 3, damage: [] })
    expect(disk.list(LOG_DIR).sort()).toEqual(range(1, 3).map(segmentName))
  })

  it.each(headerCases('unstarted'))('is set aside by opening: $title', (one) => {
    expectSetAside(one)
  })

  it('with something in the page that belongs to no copy is kept, though its copies are zeros', () => {
    const disk = logOf(6)
    const file = new Uint8Array(HEADER_PAGE_BYTES)
    file[1000] = 1
    disk.writeFile(pathOf(3), file)
    expect(listed(disk).leftovers).toMatchObject([{ name: segmentName(3), isBlank: false }])
    recover(disk)
    expect(disk.list(LOG_DIR).filter((name) => name.includes('unfinished'))).toHaveLength(1)
  })
})

describe('two good copies that are not the same', () => {
  it('are both bad: the one that has the number of the file tells', () => {
    const disk = logOf(14)
    const other = logOf(3)
      .readFile(pathOf(1))
      .slice(HEADER_COPY_B_AT, HEADER_COPY_B_AT + HEADER_BYTES)
    const { firstLsn, number } = listed(disk).segments[2]!.header
    for (const at of [0, HEADER_COPY_B_AT]) {
      const one = logOf(14)
      edit(one, pathOf(3), (bytes) => void bytes.set(other, at))
      const { segments, problems } = listed(one)
      expect(problems).toMatchObject([{ class: 'segment-header', file: segmentName(3) }])
      expect(segments[2]).toMatchObject({
        headerFrom: 'bit',
        header: { firstLsn, number },
        page: { copyA: 'bad', copyB: 'bad' },
      })
      expect(readLsns(one, { onDamage: 'skip' })).toEqual(range(1, 14))
    }
  })

  it('and have the same number are both bad: the frames tell', () => {
    const disk = logOf(14)
    const other = disk.readFile(pathOf(3)).slice(HEADER_COPY_B_AT, HEADER_COPY_B_AT + HEADER_BYTES)
    new DataView(other.buffer).setBigUint64(HEADER_EPOCH_AT, 77n, true)
    new DataView(other.buffer).setBigUint64(HEADER_CHECK_AT, checker.xxh64(other.subarray(0, HEADER_CHECK_AT)), true)
    edit(disk, pathOf(3), (bytes) => void bytes.set(other, HEADER_COPY_B_AT))
    expect(listed(disk).segments[2]).toMatchObject({ headerFrom: 'frames', page: { copyA: 'bad', copyB: 'bad' } })
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 14))
  })

  it('behind the last segment that was begun, with nothing behind them, are left over', () => {
    const disk = logOf(14)
    const other = logOf(3)
      .readFile(pathOf(1))
      .slice(HEADER_COPY_B_AT, HEADER_COPY_B_AT + HEADER_BYTES)
    edit(disk, pathOf(4), (bytes) => void bytes.fill(0, HEADER_PAGE_BYTES).set(other, HEADER_COPY_B_AT))
    expect(listed(disk)).toMatchObject({ problems: [], leftovers: [{ name: segmentName(4), isBlank: false }] })
  })
})
