/** Rules R8 and R9: a directory that does not hold one whole log is told apart, never guessed over. */
import { describe, expect, it } from 'vitest'
import { encodeHeaderPage, HEADER_COPY_B_AT, type SegmentHeader } from '../../src/format/index.ts'
import { listSegments } from '../../src/storage/segment-directory.ts'
import { checker, LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { edit, logOf, pathOf, SMALL } from '../support/log-images.ts'
import { payload, readLsns, thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'

/** Writes a segment's header anew, with some of it changed, and checks that hold. */
function forge(disk: SimulatedDisk, segment: number, change: Partial<SegmentHeader>): void {
  const { header } = listSegments(disk, LOG_DIR, checker).segments.find(({ number }) => number === segment)!
  edit(disk, pathOf(segment), (bytes) => void bytes.set(encodeHeaderPage({ ...header, ...change }, checker)))
}

function refusalOf(disk: SimulatedDisk): unknown {
  const names = disk.list(LOG_DIR).sort()
  const refusal = thrownBy(() => recover(disk))
  expect(disk.list(LOG_DIR).sort()).toEqual(names)
  expect(disk.calls.filter(({ operation }) => ['write', 'remove', 'rename', 'truncate'].includes(operation))).toEqual(
    [],
  )
  return refusal
}

const SEGMENTS = 'ERR_RINGWAL_SEGMENTS'
const DAMAGED = 'ERR_RINGWAL_DAMAGED'

describe('a damaged header', () => {
  it.each([1, 2, 3])('of segment %i is served by its second copy, and told', (segment) => {
    for (const at of [0, 20, 127, HEADER_COPY_B_AT, HEADER_COPY_B_AT + 127]) {
      const disk = logOf(10)
      disk.flipBit(pathOf(segment), at, 5)
      const { report } = recover(disk)
      expect(report).toMatchObject({ lastLsn: 10, segments: 3 })
      const offset = at < HEADER_COPY_B_AT ? 0 : HEADER_COPY_B_AT
      const damage = { class: 'segment-header', offset, lostFrom: 0, singleBit: { offset: at, bit: 5 } }
      expect(report.damage).toEqual([expect.objectContaining(damage)])
      expect(readLsns(disk)).toHaveLength(10)
    }
  })

  it.each([1, 2, 3])('of segment %i without a good copy is refused', (segment) => {
    const disk = logOf(10)
    disk.flipBit(pathOf(segment), 30, 0)
    disk.flipBit(pathOf(segment), HEADER_COPY_B_AT + 40, 0)
    const file = `0000000000000000000${segment}.rwal`
    expect(refusalOf(disk)).toMatchObject({ code: DAMAGED, class: 'segment-header', file, offset: 0 })
    expect(thrownBy(() => recover(disk, { recover: 'skip-damaged' }))).toMatchObject({ code: DAMAGED, file })
  })

  it('whose two copies both verify and differ proves nothing', () => {
    const disk = logOf(10)
    const other = logOf(3)
    const theirs = other.readFile(pathOf(1)).slice(HEADER_COPY_B_AT, HEADER_COPY_B_AT + 128)
    edit(disk, pathOf(2), (bytes) => void bytes.set(theirs, HEADER_COPY_B_AT))
    expect(refusalOf(disk)).toMatchObject({ code: DAMAGED, class: 'segment-header' })
  })
})

describe('a directory that is not one whole log', () => {
  it('lacks a segment in the middle', () => {
    const disk = logOf(14)
    disk.remove(pathOf(2))
    disk.calls.length = 0
    const facts = { class: 'missing-segment', file: '00000000000000000001.rwal' }
    const refusal = refusalOf(disk) as { reasons: unknown[] }
    expect(refusal).toMatchObject({ code: SEGMENTS, ...facts })
    expect(refusal.reasons).toEqual([expect.objectContaining({ lostTo: 8 })])
  })

  it('lacks its first segments, which retention takes: opens', () => {
    const disk = logOf(14)
    disk.remove(pathOf(1))
    expect(recover(disk).report).toMatchObject({ firstLsn: 5, lastLsn: 14, segments: 3 })
  })

  it('has a segment of another log', () => {
    const disk = logOf(10)
    disk.writeFile(pathOf(2), logOf(10).readFile(pathOf(2)))
    expect(refusalOf(disk)).toMatchObject({ code: SEGMENTS, class: 'foreign', file: '00000000000000000002.rwal' })
  })

  it('has one segment twice', () => {
    const disk = logOf(10)
    disk.writeFile(pathOf(4), disk.readFile(pathOf(2)))
    const file = '00000000000000000004.rwal'
    expect(refusalOf(disk)).toMatchObject({ code: SEGMENTS, class: 'duplicate-segment', file, offset: 0 })
  })

  it.each([
    ['a gap', 6, 5, DAMAGED],
    ['an overlap', 4, 3, DAMAGED],
    ['a header that contradicts itself', 5, 3, SEGMENTS],
  ])('has %s between its segments', (_, firstLsn, lastLsn, code) => {
    const disk = logOf(6)
    const { previous } = listSegments(disk, LOG_DIR, checker).segments[1]!.header
    forge(disk, 2, { firstLsn, previous: { ...previous, lastLsn } })
    disk.calls.length = 0
    expect(refusalOf(disk)).toMatchObject({ code })
  })

  it.each(['directory', 'link', 'fifo'])('has a %s in the place of a segment', (kind) => {
    for (const segment of [2, 4]) {
      const disk = logOf(10)
      if (disk.statPath(pathOf(segment)) !== undefined) disk.remove(pathOf(segment))
      if (kind === 'directory') disk.makeDirectory(pathOf(segment))
      else if (kind === 'link') disk.makeLink(pathOf(segment), pathOf(1))
      else disk.makeFifo(pathOf(segment))
      disk.calls.length = 0
      const file = `0000000000000000000${segment}.rwal`
      expect(refusalOf(disk)).toMatchObject({ code: SEGMENTS, class: 'not-a-file', file })
    }
  })

  it('has a segment that can not be read', () => {
    const disk = logOf(10)
    disk.faults = {
      onCall: (operation, _, { path }) => (operation === 'read' && path === pathOf(2) ? { errno: 'EIO' } : undefined),
    }
    expect(refusalOf(disk)).toMatchObject({ code: DAMAGED, class: 'unreadable', file: '00000000000000000002.rwal' })
  })

  it('has a segment shorter than its successor says', () => {
    const disk = logOf(10)
    edit(disk, pathOf(1), (bytes) => bytes.subarray(0, 6000))
    const facts = { class: 'truncated', file: '00000000000000000001.rwal', offset: 6000 }
    expect(refusalOf(disk)).toMatchObject({ code: DAMAGED, ...facts })
    const log = LogHarness.open(disk, { ...SMALL, recover: 'skip-damaged' })
    expect(log.recovered.report.damage).toEqual([expect.objectContaining({ lostFrom: 2, lostTo: 4 })])
    expect(log.appender.appendBytes(payload(1, 1))).toBe(11)
  })

  it('is not there', () => {
    const disk = logOf(1)
    disk.remove(pathOf(1))
    expect(recover(disk).report).toMatchObject({ segments: 0, firstLsn: 0, lastLsn: 0, clean: true })
    expect(thrownBy(() => listSegments(disk, '/none', checker))).toMatchObject({
      code: 'ERR_RINGWAL_NOT_FOUND',
      dir: '/none',
    })
  })
})

describe('a segment of a later format', () => {
  it('is refused as such, not as damage', () => {
    const disk = logOf(2)
    edit(disk, pathOf(1), (bytes) => {
      const view = new DataView(bytes.buffer)
      for (const at of [0, HEADER_COPY_B_AT]) {
        view.setUint16(at + 8, 2, true)
        view.setBigUint64(at + 120, checker.xxh64(bytes.subarray(at, at + 120)), true)
      }
    })
    expect(refusalOf(disk)).toMatchObject({ code: 'ERR_RINGWAL_FORMAT' })
  })
})
