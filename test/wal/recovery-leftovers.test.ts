/** Rule R7: what a crash leaves behind the last segment is cleared away; anywhere else it is damage. */
import { describe, expect, it } from 'vitest'
import { encodeHeaderPage, HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { listSegments } from '../../src/storage/segment-directory.ts'
import { checker, LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, readLsns, thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'

/** A header page that only its first `bytes` bytes reached the disk of. */
function tornPage(disk: SimulatedDisk, bytes: number, size = HEADER_PAGE_BYTES): Uint8Array {
  const { header } = listSegments(disk, LOG_DIR, checker).segments.at(-1)!
  const { report, resume } = recover(disk)
  const next = { ...header, number: resume.nextSegment, firstLsn: report.lastLsn + 1, previous: resume.previous }
  const page = encodeHeaderPage(next, checker)
  const file = new Uint8Array(size)
  file.set(page.subarray(0, bytes))
  return file
}

const BLANKS: readonly [string, number][] = [
  ['an empty file', 0],
  ['a few zeros', 100],
  ['a page of zeros', 4096],
  ['a zero-filled segment', 8192],
]

describe.each(BLANKS)('%s behind the last segment', (_, size) => {
  it('is removed, durably, and its number is used', () => {
    const disk = logOf(6)
    disk.writeFile(pathOf(3), new Uint8Array(size))
    disk.writeFile(pathOf(4), new Uint8Array(size))
    const { report, resume } = recover(disk)
    expect(report).toMatchObject({ lastLsn: 6, clean: true, damage: [], segments: 2 })
    expect(report.leftovers).toEqual(['00000000000000000003.rwal', '00000000000000000004.rwal'])
    expect(resume.nextSegment).toBe(3)
    expect(disk.crash(dropAll).list(LOG_DIR).sort()).toEqual(['00000000000000000001.rwal', '00000000000000000002.rwal'])
  })

  it('between two segments is damage', () => {
    const disk = logOf(10)
    disk.writeFile(pathOf(2), new Uint8Array(size))
    expect(thrownBy(() => recover(disk))).toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      class: 'segment-header',
      file: '00000000000000000002.rwal',
    })
  })
})

describe('a header page that was not written to its end', () => {
  it.each([1, 60, 127])('is kept under another name after %i bytes', (bytes) => {
    for (const size of [bytes, 4096, 8192]) {
      const disk = logOf(6)
      const file = tornPage(disk, bytes, size)
      disk.writeFile(pathOf(3), file)
      const log = LogHarness.open(disk, SMALL)
      expect(log.recovered.report).toMatchObject({ lastLsn: 6, leftovers: ['00000000000000000003.rwal'] })
      const kept = disk.list(LOG_DIR).filter((name) => name.startsWith('00000000000000000003.rwal.unfinished-'))
      expect(disk.readFile(`${LOG_DIR}/${kept[0]}`)).toEqual(file)
      log.appender.appendBytes(payload(20, 7))
      log.close()
      expect(recordIn(disk, 3, 7).lsn).toBe(7)
      expect(readLsns(disk)).toEqual([1, 2, 3, 4, 5, 6, 7])
    }
  })

  it('is the same with one good copy in a file too short for its page: no record can be behind', () => {
    const disk = logOf(6)
    disk.writeFile(pathOf(3), tornPage(disk, 512, 512))
    const log = LogHarness.open(disk, SMALL)
    expect(log.recovered.resume.nextSegment).toBe(3)
    log.appender.appendBytes(payload(20, 7))
    log.close()
    expect(recover(disk).report).toMatchObject({ lastLsn: 7, segments: 3 })
  })
})

describe('a segment of which only the header was written', () => {
  it('is set aside, so that the next one does not stand on a name that a failed sync may have lost', () => {
    const disk = logOf(6)
    const first = LogHarness.open(disk, SMALL)
    disk.faults = { onCall: (operation) => (operation === 'syncDirectory' ? { errno: 'EIO' } : undefined) }
    first.appender.appendBytes(payload(20, 1))
    first.settle()
    expect(first.control.failure).toMatchObject({ code: 'ERR_RINGWAL_POISONED', errnoName: 'EIO' })
    const log = LogHarness.open(disk.processDeath(), SMALL)
    const { report, resume } = log.recovered
    expect(report).toMatchObject({ lastLsn: 6, provenLsn: 6, segments: 2, leftovers: ['00000000000000000003.rwal'] })
    expect(resume).toMatchObject({ nextSegment: 3, nextLsn: 7, previous: { lastLsn: 6 } })
    log.appender.appendBytes(payload(20, 7))
    log.settle()
    expect(log.durable).toBe(7)
    expect(readLsns(log.disk.crash(dropAll))).toEqual([1, 2, 3, 4, 5, 6, 7])
  })
})

describe('records behind a header page of zeros', () => {
  it('are damage, also in the last segment: they were written after the header was durable', () => {
    const disk = logOf(6)
    expect(framesIn(disk, 2).length).toBeGreaterThan(0)
    edit(disk, pathOf(2), (bytes) => void bytes.fill(0, 0, HEADER_PAGE_BYTES))
    const before = disk.readFile(pathOf(2))
    expect(thrownBy(() => recover(disk))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'segment-header' })
    expect(disk.readFile(pathOf(2))).toEqual(before)
  })
})

describe('files of other names', () => {
  it('are no business of recovery', () => {
    const disk = logOf(6)
    const names = ['LOCK', 'notes.txt', '3.rwal', '00000000000000000003.rwal.bak', '00000000000000000003.RWAL']
    for (const name of names) disk.writeFile(`${LOG_DIR}/${name}`, Uint8Array.of(1))
    expect(recover(disk).report).toMatchObject({ segments: 2, leftovers: [], lastLsn: 6 })
    expect(disk.list(LOG_DIR)).toEqual(expect.arrayContaining(names))
  })
})
