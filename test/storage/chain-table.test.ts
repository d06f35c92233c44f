/** Every combination of CHAIN_TABLE as bytes: what listing a directory makes of such a segment, and opening with it. */
import { describe, expect, it } from 'vitest'
import {
  CHAIN_TABLE,
  type ChainFacts,
  type ChainVerdict,
  decodeHeaderPage,
  encodeHeaderPage,
  HEADER_PAGE_BYTES,
  lookUp,
  type SegmentHeader,
  segmentName,
} from '../../src/format/index.ts'
import { listSegments, type SegmentListing } from '../../src/storage/segment-directory.ts'
import type { Obstacle } from '../../src/wal/obstacles.ts'
import { combinations, FACTS } from '../format/recovery-facts.ts'
import { checker, LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { edit, logOf, pathOf, SMALL } from '../support/log-images.ts'
import { payload, range, readLsns, thrownBy } from '../support/log-records.ts'
import { end, pageSegment, record } from '../support/page-frames.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { verifyDisk } from '../support/verify-disk.ts'

/** The segment that the facts are about, of five with four records each. */
const SUBJECT = 3
const NAME = segmentName(SUBJECT)
const OTHER_LOG = 'f'.repeat(32)
const FOREIGN: unknown = expect.stringMatching(/^it belongs to log f{32}, not [0-9a-f]{32}$/)
const RENAMED = 'its header says segment 7; 00000000000000000007.rwal is not there: was it renamed?'

/** Writes a segment's header anew, with some of it changed, and checks that hold. */
function forge(disk: SimulatedDisk, number: number, change: Partial<SegmentHeader>): void {
  const page = encodeHeaderPage({ ...headerOf(disk, number), ...change }, checker)
  edit(disk, pathOf(number), (bytes) => void bytes.set(page))
}

function headerOf(disk: SimulatedDisk, number: number): SegmentHeader {
  return decodeHeaderPage(disk.readFile(pathOf(number)).subarray(0, HEADER_PAGE_BYTES), checker).header!
}

/** Makes the next segment say that of segment 3, or be no next segment. */
const SUCCESSORS: Readonly<Record<ChainFacts['successor'], (disk: SimulatedDisk) => void>> = {
  none(disk) {
    for (const number of [4, 5]) disk.remove(pathOf(number))
  },
  fits() {},
  'lost its header'(disk) {
    edit(disk, pathOf(4), (bytes) => void bytes.fill(0x77, 0, HEADER_PAGE_BYTES))
  },
  'not the next number'(disk) {
    disk.remove(pathOf(4))
  },
  // As one that was begun when segment 3 was not there, or another one was.
  'other LSNs'(disk) {
    const header = headerOf(disk, 4)
    const previous = { ...header.previous, lastLsn: 5 }
    const frames = [record(6), record(7), end(7)]
    const other = { ...header, firstLsn: 6, previous, payloadMax: 1 << 20 }
    disk.writeFile(pathOf(4), pageSegment(frames, other).bytes)
    disk.remove(pathOf(5))
  },
  'ends behind this file'(disk) {
    edit(disk, pathOf(SUBJECT), (bytes) => bytes.subarray(0, 6000))
  },
}

interface ChainCase {
  readonly title: string
  readonly facts: ChainFacts
  readonly is: ChainVerdict
  readonly disk: SimulatedDisk
}

function caseOf(facts: ChainFacts): ChainCase {
  const disk = logOf(20)
  SUCCESSORS[facts.successor](disk)
  if (facts.name === 'differs') forge(disk, SUBJECT, { number: 7 })
  if (facts.logId === 'other') forge(disk, SUBJECT, { logId: OTHER_LOG })
  disk.calls.length = 0
  const title = `${facts.logId} log, name ${facts.name}, successor ${facts.successor}`
  return { title, facts, is: lookUp(CHAIN_TABLE, facts).is, disk }
}

function cases(...verdicts: readonly ChainVerdict[]): ChainCase[] {
  return combinations<ChainFacts>(FACTS.chain)
    .map(caseOf)
    .filter(({ is }) => verdicts.includes(is))
}

describe('the combinations of CHAIN_TABLE', () => {
  it('are all built as bytes', () => {
    const all = CHAIN_TABLE.flatMap((row) => cases(row.is))
    expect(all).toHaveLength(24)
    expect(new Set(all.map(({ title }) => title)).size).toBe(24)
    for (const { title, facts, disk } of all) expect(factsOf(disk), title).toEqual(facts)
  })
})

/** Read from the bytes, by the words of the format document. */
function factsOf(disk: SimulatedDisk): ChainFacts {
  const head = (number: number): DataView => new DataView(disk.readFile(pathOf(number)).buffer)
  const isThere = (number: number): boolean => disk.statPath(pathOf(number)) !== undefined
  const u64 = (number: number, at: number): number => Number(head(number).getBigUint64(at, true))
  const successor = (): ChainFacts['successor'] => {
    if (!isThere(4)) return isThere(5) ? 'not the next number' : 'none'
    if (head(4).getUint32(0) === 0x77777777) return 'lost its header'
    if (u64(4, 72) < u64(SUBJECT, 40) - 1) return 'other LSNs'
    return u64(4, 80) > disk.readFile(pathOf(SUBJECT)).length ? 'ends behind this file' : 'fits'
  }
  const logId = head(SUBJECT).getBigUint64(16, true) === head(1).getBigUint64(16, true) ? 'same' : 'other'
  return { logId, name: u64(SUBJECT, 32) === SUBJECT ? 'agrees' : 'differs', successor: successor() }
}

function listed(disk: SimulatedDisk): SegmentListing {
  return listSegments(disk, LOG_DIR, checker)
}

/** The ranges of LSNs that a report says are lost. */
function lostIn(disk: SimulatedDisk): readonly (readonly [string, number, number])[] {
  const { damage } = verifyDisk(disk)
  return damage.filter(({ lostTo }) => lostTo > 0).map((one) => [one.class, one.lostFrom, one.lostTo])
}

/** What opening it for writing is refused for, file by file. */
function refusalsOf(disk: SimulatedDisk): readonly string[] {
  const refusal = thrownBy(() => recover(disk)) as { code: string; reasons: readonly Obstacle[] }
  const changes = ['write', 'rename', 'remove', 'truncate']
  expect(disk.calls.filter(({ operation }) => changes.includes(operation))).toEqual([])
  expect(refusal.code).toBe(refusal.reasons[0]?.code)
  return refusal.reasons.map(
    (reason) => `${reason.code.slice(12)} ${reason.class} ${Number.parseInt(reason.segment, 10)}`,
  )
}

describe('last', () => {
  it.each(cases('last'))('tells by its own frames where it ends, and the log goes on behind it: $title', ({ disk }) => {
    const { segments, problems } = listed(disk)
    expect(problems).toEqual([])
    expect(segments.at(-1)).toMatchObject({
      name: NAME,
      isLast: true,
      end: 8192,
      lsnMax: undefined,
      lastLsn: undefined,
    })
    const log = LogHarness.open(disk, SMALL)
    expect(log.recovered).toMatchObject({
      report: { lastLsn: 12, damage: [] },
      resume: { nextSegment: 4, nextLsn: 13 },
    })
    expect(log.appender.appendBytes(payload(9, 13))).toBe(13)
    log.close()
    expect(readLsns(disk)).toEqual(range(1, 13))
  })
})

describe('closed', () => {
  it.each(cases('closed'))('ends where the next header says: $title', ({ disk }) => {
    const { segments, problems } = listed(disk)
    const { previous } = segments[SUBJECT]!.header
    expect(problems).toEqual([])
    const told = { end: previous.endOffset, lsnMax: 12, lastLsn: 12, lastCheck: previous.lastCheck }
    expect(segments[SUBJECT - 1]).toMatchObject({ name: NAME, isLast: false, ...told })
    expect(verifyDisk(disk)).toMatchObject({ ok: true, records: 20 })
    expect(recover(disk).report).toMatchObject({ lastLsn: 20, damage: [] })
  })
})

describe('unlinked', () => {
  it.each(cases('unlinked'))('ends at its own end, and all of it was durable: $title', ({ disk }) => {
    const { segments, problems } = listed(disk)
    expect(problems).toMatchObject([{ class: 'segment-header', file: segmentName(4) }])
    // Of LSNs, the next header that is left is the word.
    const untold = { end: 8192, lsnMax: 16, lastLsn: undefined, lastCheck: undefined }
    expect(segments[SUBJECT - 1]).toMatchObject({ name: NAME, isLast: false, ...untold })
    expect(verifyDisk(disk)).toMatchObject({ ok: false, records: 20, damage: { length: 1 } })
    expect(refusalsOf(disk)).toEqual(['DAMAGED segment-header 4'])
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 20))
  })
})

describe('missing-segment', () => {
  it.each(cases('missing-segment'))('is told with the LSNs that are lost, and read over: $title', ({ disk }) => {
    const message = 'segments 4 to 4 are missing behind it'
    expect(listed(disk).problems).toMatchObject([{ class: 'missing-segment', file: NAME, message, lostTo: 16 }])
    expect(listed(disk).segments[SUBJECT - 1]).toMatchObject({ isLast: false, lsnMax: 16, lastLsn: undefined })
    expect(lostIn(disk)).toEqual([['missing-segment', 13, 16]])
    expect(refusalsOf(disk)).toEqual(['SEGMENTS missing-segment 3'])
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual([...range(1, 12), ...range(17, 4)])
  })
})

describe('gap', () => {
  it.each(cases('gap'))('is told, and both are read as far as their LSNs rise: $title', ({ disk }) => {
    const message = 'it starts at LSN 9 and its successor at 6, after 5'
    expect(listed(disk).problems).toMatchObject([{ class: 'gap', file: NAME, message }])
    const untold = { end: 8192, lsnMax: undefined, lastLsn: undefined }
    expect(listed(disk).segments[SUBJECT - 1]).toMatchObject({ isLast: false, ...untold })
    // The successor's records up to LSN 12 are there already.
    const stale = { class: 'stale', segment: segmentName(SUBJECT + 1), offset: HEADER_PAGE_BYTES }
    expect(verifyDisk(disk)).toMatchObject({
      ok: false,
      damage: [{ class: 'gap', segment: NAME, lostFrom: 0 }, stale],
    })
    expect(refusalsOf(disk)).toEqual(['SEGMENTS gap 3'])
    expect(thrownBy(() => recover(disk, { recover: 'skip-damaged' }))).toMatchObject({ class: 'gap' })
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 12))
  })
})

describe('truncated', () => {
  it.each(cases('truncated'))('is told once, with the LSNs that are lost: $title', ({ disk }) => {
    const { segments, problems } = listed(disk)
    expect(problems).toMatchObject([{ class: 'truncated', file: NAME, offset: 6000 }])
    expect(segments[SUBJECT - 1]).toMatchObject({ end: 6000, lsnMax: 12, lastLsn: 12 })
    expect(verifyDisk(disk).damage).toMatchObject([{ class: 'truncated', segment: NAME, lostFrom: 10, lostTo: 12 }])
    expect(refusalsOf(disk)).toEqual(['DAMAGED truncated 3', 'DAMAGED length 3'])
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual([...range(1, 9), ...range(13, 8)])
    const log = LogHarness.open(disk, { ...SMALL, recover: 'skip-damaged' })
    expect(log.recovered).toMatchObject({ report: { damage: { length: 1 } }, resume: { nextLsn: 21 } })
  })
})

describe('foreign and duplicate-segment', () => {
  it.each(cases('foreign', 'duplicate-segment'))('is left out, and told: $title', ({ disk, is, facts }) => {
    const { segments, problems } = listed(disk)
    const own = problems.filter(({ file }) => file === NAME)
    expect(own).toMatchObject([{ class: is, message: is === 'foreign' ? FOREIGN : RENAMED }])
    expect(segments.map(({ number }) => number)).not.toContain(SUBJECT)
    const reasons = refusalsOf(disk)
    expect(reasons).toContain(`SEGMENTS ${is} 3`)
    expect(thrownBy(() => recover(disk, { recover: 'skip-damaged' }))).toMatchObject({ dir: LOG_DIR })
    // What the next one says is then held against the one before; it is of another history.
    if (facts.successor === 'other LSNs') return
    const isAlone = facts.successor === 'none'
    const next = facts.successor === 'not the next number' ? 17 : 13
    expect(reasons.includes('SEGMENTS missing-segment 2')).toBe(!isAlone)
    expect(lostIn(disk)).toEqual(isAlone ? [] : [['missing-segment', 9, next - 1]])
    const rest = isAlone ? [] : range(next, 21 - next)
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual([...range(1, 8), ...rest])
  })
})
