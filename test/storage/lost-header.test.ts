/** A segment of which neither copy of the header verifies: made whole by one bit, or read by its frames (format-spec, 11). */
import { describe, expect, it } from 'vitest'
import { HEADER_BYTES, HEADER_COPY_B_AT, HEADER_PAGE_BYTES, segmentName } from '../../src/format/index.ts'
import { listSegments, type SegmentListing } from '../../src/storage/segment-directory.ts'
import { checker, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, range, readEntries, readLsns } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { segmentsOn, verifyDisk } from '../support/verify-disk.ts'

function listed(disk: SimulatedDisk): SegmentListing {
  return listSegments(disk, LOG_DIR, checker)
}

/** Both copies, and all between them, are noise. */
function loseHeader(disk: SimulatedDisk, segment: number): void {
  edit(disk, pathOf(segment), (bytes) => void bytes.set(payload(HEADER_PAGE_BYTES, 99)))
}

/** What verify tells, in short: class, segment, LSNs lost. */
function toldOf(disk: SimulatedDisk): readonly string[] {
  return verifyDisk(disk).damage.map(
    (one) => `${one.class} ${Number.parseInt(one.segment, 10)}: ${one.lostFrom}-${one.lostTo}`,
  )
}

/** The first, middle and last segment of a log with LSN 1 to 14 in four of them. */
describe.each([1, 2, 4])('segment %i without a header', (segment) => {
  const first = 4 * segment - 3

  it('is read by its frames, record by record', () => {
    const disk = logOf(14)
    const { header } = listed(disk).segments[segment - 1]!
    loseHeader(disk, segment)
    const { salt, logId, number, firstLsn, payloadMax, codecSettings } = header
    const known = { salt, logId, number, firstLsn, payloadMax, codecSettings }
    expect(listed(disk).segments[segment - 1]).toMatchObject({ headerFrom: 'frames', header: known })
    const entries = readEntries(disk, { onDamage: 'skip' })
    expect(entries.map(({ lsn }) => lsn)).toEqual(range(1, 14))
    for (const { lsn, bytes } of entries) expect(Buffer.compare(bytes, payload(900, lsn))).toBe(0)
    expect(toldOf(disk)).toEqual([`segment-header ${segment}: 0-0`])
  })

  it('is read by itself, with nothing to tell of its log', () => {
    const disk = logOf(14)
    loseHeader(disk, segment)
    const told: string[] = []
    const options = { onDamage: (damage: { class: string }) => void told.push(damage.class) }
    const lsns = readEntries(disk, options, pathOf(segment)).map(({ lsn }) => lsn)
    expect(lsns).toEqual(range(first, segment === 4 ? 2 : 4))
    expect(told).toEqual(['segment-header'])
    // Under another name nothing tells that it is the first: no LSN is said to be lost before it.
    disk.rename(pathOf(segment), `${LOG_DIR}/copy`)
    expect(verifyDisk(disk, `${LOG_DIR}/copy`).damage).toMatchObject([{ class: 'segment-header', lostTo: 0 }])
  })

  it('and with its first record damaged loses that record, and tells it', () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(segment), recordIn(disk, segment, first).offset + 500, 1)
    loseHeader(disk, segment)
    expect(listed(disk).segments[segment - 1]).toMatchObject({ headerFrom: 'frames' })
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 14).filter((lsn) => lsn !== first))
    const lost = toldOf(disk).filter((text) => !text.endsWith(': 0-0'))
    expect(lost).toEqual([expect.stringMatching(`^(gap|payload) ${segment}: ${first}-${first}$`)])
  })

  it('and with its first frames overwritten loses those, and tells them', () => {
    const disk = logOf(18)
    const { offset } = recordIn(disk, segment, first + 2)
    edit(disk, pathOf(segment), (bytes) => void bytes.set(payload(offset - 4096 + 100, 3), 4096))
    loseHeader(disk, segment)
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 18).filter((lsn) => lsn < first || lsn > first + 2))
    const lost = toldOf(disk).filter((text) => !text.endsWith(': 0-0'))
    expect(lost).toEqual([expect.stringMatching(`^[a-z]+ ${segment}: ${first}-${first + 2}$`)])
  })

  it('is the very one that it was, where one bit in each copy is all that is wrong', () => {
    const disk = logOf(14)
    const before = listed(disk).segments
    disk.flipBit(pathOf(segment), 41, 6)
    disk.flipBit(pathOf(segment), HEADER_COPY_B_AT + 100, 0)
    const { segments, problems } = listed(disk)
    expect(problems).toMatchObject([{ class: 'segment-header', file: segmentName(segment) }])
    const page = { page: expect.anything(), headerDamage: expect.anything() }
    const restored = before.map((one) => ({ ...one, ...page, headerFrom: one.number === segment ? 'bit' : 'page' }))
    expect(segments).toEqual(restored)
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 14))
    expect(toldOf(disk)).toEqual([`segment-header ${segment}: 0-0`])
  })

  it('is restored from one copy with a wrong bit, whatever the other one is', () => {
    for (const [bit, noise] of [
      [30, HEADER_COPY_B_AT],
      [HEADER_COPY_B_AT + 127, 0],
    ] as const) {
      const disk = logOf(14)
      disk.flipBit(pathOf(segment), bit, 7)
      edit(disk, pathOf(segment), (bytes) => bytes.fill(0xee, noise, noise + HEADER_BYTES))
      expect(listed(disk).segments[segment - 1]).toMatchObject({ headerFrom: 'bit', header: { firstLsn: first } })
    }
  })

  it('is not restored from copies with two wrong bits', () => {
    const disk = logOf(14)
    for (const at of [30, 60, HEADER_COPY_B_AT + 31, HEADER_COPY_B_AT + 61]) disk.flipBit(pathOf(segment), at, 1)
    expect(listed(disk).segments[segment - 1]).toMatchObject({ headerFrom: 'frames', header: { created: 0n } })
  })
})

describe('two copies that would be restored to two different headers', () => {
  it('tell nothing: the frames do', () => {
    const disk = logOf(14)
    const other = logOf(14).readFile(pathOf(2)).slice(0, HEADER_BYTES)
    edit(disk, pathOf(2), (bytes) => void bytes.set(other, HEADER_COPY_B_AT))
    for (const at of [40, HEADER_COPY_B_AT + 50]) disk.flipBit(pathOf(2), at, 1)
    expect(listed(disk).segments[1]).toMatchObject({ headerFrom: 'frames' })
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 14))
  })
})

describe('a segment without a header or a frame', () => {
  it.each([
    [2, 'segment-header 2: 5-8', range(5, 4)],
    [4, 'segment-header 4: 13-0', range(13, 2)],
  ] as const)('is lost, segment %i, and tells what it cost: %s', (segment, told, lost) => {
    const disk = logOf(14)
    edit(disk, pathOf(segment), (bytes) => void bytes.set(payload(bytes.length, 5)))
    const { segments, problems } = listed(disk)
    expect(segments.map(({ number }) => number)).toEqual(range(1, 4).filter((number) => number !== segment))
    expect(problems).toMatchObject([{ message: expect.stringContaining('no frame tells the salt') }])
    expect(segments[segment - 2]).toMatchObject({ isLast: false, lastLsn: undefined, end: 8192 })
    expect(toldOf(disk)).toEqual([told])
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 14).filter((lsn) => !lost.includes(lsn)))
  })

  it.each([
    [2, 3, 'segments 3 to 3 are missing behind it'],
    [3, 2, 'segments 2 to 2 are missing behind it'],
  ])('%i does not hide that %i, beside it, is missing', (lost, missing, message) => {
    const disk = logOf(14)
    disk.remove(pathOf(missing))
    edit(disk, pathOf(lost), (bytes) => void bytes.set(payload(bytes.length, 5)))
    expect(listed(disk).problems).toMatchObject([
      { class: 'segment-header', file: segmentName(lost) },
      { class: 'missing-segment', file: segmentName(1), message, lostTo: 12 },
    ])
  })

  it('does not hide that others are missing before it', () => {
    const disk = logOf(14)
    disk.remove(pathOf(3))
    edit(disk, pathOf(4), (bytes) => void bytes.set(payload(bytes.length, 5)))
    expect(listed(disk).problems).toMatchObject([
      { class: 'segment-header', file: segmentName(4) },
      { class: 'missing-segment', file: segmentName(2), message: 'segments 3 to 3 are missing behind it', lostTo: 0 },
    ])
  })
})

describe('the log that a segment without a header belongs to', () => {
  it('is that of most others, also behind it', () => {
    const disk = logOf(18)
    loseHeader(disk, 2)
    disk.writeFile(pathOf(5), logOf(18).readFile(pathOf(5)))
    const { segments, problems } = listed(disk)
    expect(segments.map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(new Set(segments.map(({ header }) => header.logId)).size).toBe(1)
    expect(problems.map(({ class: kind, file }) => [kind, file])).toEqual([
      ['segment-header', segmentName(2)],
      ['foreign', segmentName(5)],
    ])
  })
})

/** Two records that no mark speaks for, a tail of zeros, no end frame; and then a segment whose header is lost. */
describe('the segment before one without a header', () => {
  function diedThenReopened(): SimulatedDisk {
    const disk = logOf(0, 'dead')
    const died = LogHarness.open(disk, { ...SMALL, policy: 'never' })
    for (const lsn of [1, 2]) died.appender.appendBytes(payload(900, lsn))
    died.settle()
    const after = disk.processDeath()
    const log = LogHarness.open(after, { ...SMALL, seed: 2 })
    for (const lsn of [3, 4]) log.appender.appendBytes(payload(900, lsn))
    log.close()
    loseHeader(after, 2)
    return after
  }

  it('ends where its frames do', () => {
    const disk = diedThenReopened()
    const last = framesIn(disk, 1).at(-1)!
    expect(segmentsOn(disk)[0]).toMatchObject({ isLast: false, end: 8192, lsnMax: undefined, lastLsn: undefined })
    expect(verifyDisk(disk)).toMatchObject({ records: 4, tornTail: null, damage: { length: 1 } })
    expect(last).toMatchObject({ kind: 1, lsn: 2 })
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual([1, 2, 3, 4])
  })

  it('has no torn tail: its last record, damaged, is damage, and lost with its LSN', () => {
    const disk = diedThenReopened()
    disk.flipBit(pathOf(1), recordIn(disk, 1, 2).offset + 100, 0)
    const report = verifyDisk(disk)
    expect(report.tornTail).toBeNull()
    expect(report.damage).toMatchObject([
      { segment: segmentName(1), class: 'payload', lostFrom: 2, acknowledged: true, singleBit: { bit: 0 } },
      { segment: segmentName(2), class: 'segment-header' },
    ])
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual([1, 3, 4])
  })
})
