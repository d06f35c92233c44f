/** Read errors: verify and readers who go on pass over the pages that can not be read, and tell them as what they are. */
import { describe, expect, it } from 'vitest'
import { segmentName } from '../../src/format/index.ts'
import type { Damage } from '../../src/read/damage.ts'
import { isUnreadable, tolerantSource } from '../../src/read/tolerant-source.ts'
import { LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { payload, range, readEntries, readLsns, thrownBy } from '../support/log-records.ts'
import { end, mark, pageOf, pageSegment, record } from '../support/page-frames.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { PAGE_BYTES, unreadablePages } from '../support/unreadable-pages.ts'
import { segmentsOn, verifyDisk } from '../support/verify-disk.ts'

const FILE = pathOf(1)

function diskWith(bytes: Uint8Array, pages: readonly number[], errno?: string): SimulatedDisk {
  const disk = new SimulatedDisk()
  disk.writeFile(FILE, bytes)
  disk.faults = unreadablePages(FILE, pages, errno)
  return disk
}

describe('a tolerant source', () => {
  const bytes = payload(5 * PAGE_BYTES + 100, 1)

  it('gives all but the pages that can not be read, which are no zeros, and knows those', () => {
    const disk = diskWith(bytes, [PAGE_BYTES, 3 * PAGE_BYTES])
    const source = tolerantSource(disk, disk.open(FILE, 'read'))
    const into = new Uint8Array(bytes.length + 50)
    expect(source.read(into, 20, into.length - 20, 10)).toBe(bytes.length - 10)
    for (let i = 10; i < bytes.length; i++) {
      const isLost = [1, 3].includes(Math.floor(i / PAGE_BYTES))
      if (isLost ? into[i + 10] === 0 : into[i + 10] !== bytes[i]) throw new Error(`byte ${i} is ${into[i + 10]}`)
    }
    expect(source.unreadable).toEqual([
      { offset: PAGE_BYTES, bytes: PAGE_BYTES },
      { offset: 3 * PAGE_BYTES, bytes: PAGE_BYTES },
    ])
    const at = (offset: number, length: number): boolean => isUnreadable(source, offset, length)
    expect([
      at(0, PAGE_BYTES),
      at(0, PAGE_BYTES + 1),
      at(2 * PAGE_BYTES, PAGE_BYTES),
      at(4 * PAGE_BYTES - 1, 1),
    ]).toEqual([false, true, false, true])
  })

  it('notes pages that follow one another, and parts that are read again, as one', () => {
    const disk = diskWith(bytes, [PAGE_BYTES, 2 * PAGE_BYTES])
    const source = tolerantSource(disk, disk.open(FILE, 'read'))
    const into = new Uint8Array(bytes.length)
    source.read(into, 0, 100, PAGE_BYTES + 50)
    source.read(into, 0, bytes.length, 0)
    for (let i = 0; i < 10; i++) source.read(into, 0, 100, 2 * PAGE_BYTES + 8 * i)
    const [range] = source.unreadable.slice(-1)
    expect(range!.offset + range!.bytes).toBe(3 * PAGE_BYTES)
    expect(source.unreadable.length).toBeLessThan(3)
  })

  it('reads a file without errors in one go', () => {
    const disk = diskWith(bytes, [])
    const source = tolerantSource(disk, disk.open(FILE, 'read'))
    disk.calls.length = 0
    expect(source.read(new Uint8Array(bytes.length), 0, bytes.length, 0)).toBe(bytes.length)
    expect(disk.calls).toHaveLength(1)
    expect(source.unreadable).toEqual([])
  })

  it.each(['EBADF', 'ENXIO', 'EACCES'])('does not take %s for a bad page', (errno) => {
    const disk = diskWith(bytes, [PAGE_BYTES], errno)
    const source = tolerantSource(disk, disk.open(FILE, 'read'))
    const read = (): number => source.read(new Uint8Array(bytes.length), 0, bytes.length, 0)
    expect(thrownBy(read)).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: errno })
  })
})

/** Records 1 to 6 and the end, each of one page. */
const SEALED = [record(1), record(2), record(3), record(4), record(5), record(6), end(6)]
/** The same, not closed; nothing proves records 4 to 6. */
const OPEN = [record(1), record(2), record(3), mark(3), record(4), record(5), record(6)]

describe('pages that can not be read', () => {
  it.each([
    ['first', [0], [[1, 1]]],
    ['middle', [2, 3], [[3, 4]]],
    [
      'two apart',
      [1, 4],
      [
        [2, 2],
        [5, 5],
      ],
    ],
    ['last record', [5], [[6, 6]]],
    ['all records', [0, 1, 2, 3, 4, 5], [[1, 6]]],
    ['end frame', [6], [[7, 0]]],
  ] as const)('of a closed segment, the %s, cost the records on them, and no more', (_, frames, ranges) => {
    const disk = diskWith(pageSegment(SEALED).bytes, frames.map(pageOf))
    const { damage, tornTail, ok } = verifyDisk(disk)
    expect({ ok, tornTail }).toEqual({ ok: false, tornTail: null })
    expect(damage.map((one) => [one.class, one.lostFrom, one.lostTo])).toEqual(
      ranges.map(([from, to]) => ['unreadable', from, to]),
    )
    const told: Damage[] = []
    const lost = new Set(frames.map((frame) => frame + 1))
    const left = range(1, 6).filter((lsn) => !lost.has(lsn))
    expect(readLsns(disk, { onDamage: (one) => told.push(one) })).toEqual(left)
    expect(told.map(({ offset, lostFrom }) => [offset, lostFrom])).toEqual(
      damage.map(({ offset, lostFrom }) => [offset, lostFrom]),
    )
    for (const { lsn, bytes } of readEntries(disk, { onDamage: 'skip' }))
      expect(Buffer.compare(bytes, record(lsn).payload!)).toBe(0)
  })

  it.each(range(0, 7))('of an open segment, frame %i, are never a torn tail', (frame) => {
    const disk = diskWith(pageSegment(OPEN).bytes, [pageOf(frame)])
    const { damage, tornTail } = verifyDisk(disk)
    expect(tornTail).toBeNull()
    expect(damage).toMatchObject([{ class: 'unreadable', offset: pageOf(frame), segment: segmentName(1) }])
    expect(thrownBy(() => recover(disk))).toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      class: 'unreadable',
      offset: pageOf(frame),
    })
  })

  it('make all else that is wrong in an open segment damage: they might hold the mark', () => {
    const disk = diskWith(pageSegment(OPEN).bytes, [])
    disk.flipBit(FILE, pageOf(6) + 50, 1)
    expect(verifyDisk(disk)).toMatchObject({ ok: true, tornTail: { fromLsn: 6 } })
    disk.faults = unreadablePages(FILE, [pageOf(1)])
    const { damage, tornTail } = verifyDisk(disk)
    expect(tornTail).toBeNull()
    expect(damage.map((one) => [one.class, one.lostFrom, one.acknowledged])).toEqual([
      ['unreadable', 2, true],
      ['payload', 6, false],
    ])
  })

  it('do not make a record of the zeros behind the last one', () => {
    const bytes = new Uint8Array(16 * PAGE_BYTES)
    bytes.set(pageSegment(OPEN).bytes)
    expect(verifyDisk(diskWith(bytes, [pageOf(1)])).damage).toMatchObject([{ offset: pageOf(1), bytes: PAGE_BYTES }])
    expect(verifyDisk(diskWith(bytes, [pageOf(9)])).damage).toMatchObject([{ class: 'unreadable', offset: pageOf(7) }])
  })

  it('are passed over where frames lie across their edges', () => {
    const disk = logOf(14)
    const { offset } = recordIn(disk, 2, 7)
    disk.faults = unreadablePages(pathOf(2), [PAGE_BYTES])
    expect(offset).toBeLessThan(8192)
    expect(verifyDisk(disk).damage).toMatchObject([{ class: 'unreadable', lostFrom: 5, lostTo: 8, offset: PAGE_BYTES }])
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual([...range(1, 4), ...range(9, 6)])
    expect(readLsns(disk, { onDamage: 'skip', from: 7, to: 10 })).toEqual([9, 10])
  })
})

describe('a reader who stops at damage', () => {
  it.each(range(0, 7))('is told of the read error itself, at frame %i of an open segment', (frame) => {
    const disk = diskWith(pageSegment(OPEN).bytes, [pageOf(frame)])
    const refusal = { code: 'ERR_RINGWAL_IO', operation: 'read', errnoName: 'EIO', file: FILE }
    expect(thrownBy(() => readLsns(disk))).toMatchObject(refusal)
  })

  it('is told of it in a closed segment, and gets what stands in the others before it', () => {
    const disk = logOf(14)
    disk.faults = unreadablePages(pathOf(3), [PAGE_BYTES])
    expect(readLsns(disk, { to: 8 })).toEqual(range(1, 8))
    expect(thrownBy(() => readLsns(disk))).toMatchObject({ code: 'ERR_RINGWAL_IO', file: pathOf(3) })
  })

  it('is told of a header page that can not be read as a problem of the directory', () => {
    const disk = logOf(14)
    disk.faults = unreadablePages(pathOf(3), [0])
    expect(thrownBy(() => readLsns(disk))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'unreadable' })
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(range(1, 14))
  })
})

describe('opening', () => {
  it('under skip-damaged goes on behind what can not be read, and gives no LSN twice', () => {
    for (const frame of range(0, 7)) {
      const disk = diskWith(pageSegment(OPEN).bytes, [pageOf(frame)])
      const log = LogHarness.open(disk, { recover: 'skip-damaged' })
      expect(log.appender.appendBytes(payload(50, 1)), `frame ${frame}`).toBeGreaterThan(6)
      log.close()
      disk.faults = undefined
      const lsns = readLsns(disk, { onDamage: 'skip' })
      expect(new Set(lsns).size).toBe(lsns.length)
      expect(lsns.at(-1)).toBeGreaterThan(6)
    }
  })

  it('is refused where what stands behind one copy of a header can not be read', () => {
    const disk = logOf(14)
    edit(disk, pathOf(4), (bytes) => void bytes.fill(0, 0, 128))
    expect(framesIn(disk, 4).length).toBeGreaterThan(2)
    disk.faults = unreadablePages(pathOf(4), [PAGE_BYTES])
    expect(segmentsOn(disk).at(-1)).toMatchObject({ number: 4, isLast: true })
    expect(verifyDisk(disk).damage.map((one) => one.class)).toEqual(['segment-header', 'unreadable'])
    expect(thrownBy(() => recover(disk))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'unreadable' })
    expect(disk.list(LOG_DIR)).toHaveLength(4)
  })
})
