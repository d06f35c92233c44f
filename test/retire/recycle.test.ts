/** Files of retired segments are used again, and what is left of their former life in them harms nothing. */
import { describe, expect, it } from 'vitest'
import { HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { STATE_CLOSED } from '../../src/wal/control-layout.ts'
import { describeTornTail } from '../../tools/output/verify-report.ts'
import { LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { framesIn, pathOf, SMALL } from '../support/log-images.ts'
import { payload, range, readLsns, thrownBy } from '../support/log-records.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import { verifyDisk } from '../support/verify-disk.ts'
import { append, headerOf, identityOf, names, openLog, words } from './retire-kit.ts'

/** A log whose last segment was begun in the file of segment 1, and holds one record. */
function recycledLog(settings = {}): LogHarness {
  const log = openLog(5, settings)
  log.truncateBefore(5)
  append(log, 4)
  expect(headerOf(log.disk, 3).recycledSalt).not.toBe(0n)
  return log
}

describe('the file of a retired segment', () => {
  it('becomes a later segment, with a salt of its own and the old one told', () => {
    const log = openLog(5)
    const { salt } = headerOf(log.disk, 1)
    const identity = identityOf(log.disk, 1)
    expect(log.truncateBefore(5)).toMatchObject({ recycled: 1, removed: 0 })
    expect(names(log.disk)).toContain('recycled-1.spare')
    append(log, 8)
    expect(identityOf(log.disk, 3)).toBe(identity)
    expect(headerOf(log.disk, 3)).toMatchObject({ recycledSalt: salt, firstLsn: 9 })
    expect(headerOf(log.disk, 3).salt).not.toBe(salt)
    expect(headerOf(log.disk, 4).recycledSalt).toBe(0n)
    expect(names(log.disk)).not.toContain('recycled-1.spare')
    expect(log.control.counts.readCounts()).toMatchObject({ segments: 4, recycledSegments: 1, retiredSegments: 1 })
    expect(verifyDisk(log.disk)).toMatchObject({ ok: true, firstLsn: 5, lastLsn: 13 })
  })

  it('gives its name up durably before a byte of it is changed, and gets one with its header durable', () => {
    const log = openLog(5)
    const before = log.disk.calls.length
    log.truncateBefore(5)
    expect(words(log.disk.calls.slice(before))).toEqual([
      'list dir',
      ...['open 1.rwal read', 'read 1.rwal', 'close 1.rwal', 'open 2.rwal read', 'read 2.rwal', 'close 2.rwal'],
      ...['statPath dir', 'statPath 1.rwal', 'rename 1.rwal recycled-1.spare', 'syncDirectory dir'],
      ...['open recycled-1.spare write', 'stat recycled-1.spare'],
      ...['link recycled-1.spare.trial recycled-1.spare', 'remove recycled-1.spare.trial'],
      ...['write recycled-1.spare', 'syncAll recycled-1.spare', 'close recycled-1.spare'],
      'open 3.rwal read',
    ])
    append(log, 3)
    const begun = log.disk.calls.length
    append(log, 1)
    const calls = words(log.disk.calls.slice(begun))
    const first = calls.indexOf('open recycled-1.spare write')
    expect(calls.slice(first, first + 10)).toEqual([
      ...[
        'open recycled-1.spare write',
        'write recycled-1.spare',
        'syncAll recycled-1.spare',
        'close recycled-1.spare',
      ],
      ...['link 3.rwal recycled-1.spare', 'remove recycled-1.spare', 'syncDirectory dir', 'open 3.rwal write'],
      ...['stat 3.rwal', 'read 3.rwal'],
    ])
  })

  it('is kept for as many segments as are to be ready, and removed beyond that, or with the log', () => {
    for (const spareSegments of [1, 2, 3]) {
      const log = openLog(40, { spareSegments })
      log.makeSpares()
      expect(log.truncateBefore(41)).toMatchObject({ segments: 9, recycled: spareSegments, removed: 9 - spareSegments })
      const files = (): number => names(log.disk).length - 1
      expect(files()).toBe(2 * spareSegments)
      expect(log.control.counts.readCounts().spareFiles).toBe(spareSegments)
      log.spares!.step()
      expect(log.control.counts.readCounts().spareFiles).toBe(2 * spareSegments)
      append(log, 40)
      expect(log.control.counts.readCounts().recycledSegments).toBe(spareSegments)
      log.truncateBefore(81)
      log.close()
      expect(log.control.counts.readCounts().spareFiles).toBe(0)
      expect(names(log.disk.crash(dropAll))).toEqual(['20.rwal'])
    }
  })

  it('is removed where it is of another size, or has another name besides', () => {
    const disk = openLog(5).disk.processDeath()
    const log = LogHarness.open(disk, { ...SMALL, segmentBytes: 12288, spareSegments: 1 })
    append(log, 1)
    expect(log.truncateBefore(6)).toMatchObject({ segments: 2, recycled: 0, removed: 2 })
    const backed = openLog(5)
    backed.disk.makeDirectory('/backup')
    backed.disk.link(pathOf(1), '/backup/1')
    const kept = backed.disk.readFile('/backup/1')
    expect(backed.truncateBefore(5)).toMatchObject({ segments: 1, recycled: 0, removed: 1 })
    append(backed, 20)
    expect(Buffer.compare(backed.disk.readFile('/backup/1'), kept)).toBe(0)
  })

  it.each(['EPERM', 'ENOTSUP'])('is removed on a file system without hard links (%s), which is tried once', (errno) => {
    const log = openLog(13)
    let links = 0
    log.disk.faults = { onCall: (operation) => (operation === 'link' && ++links ? { errno } : undefined) }
    expect(log.truncateBefore(13)).toMatchObject({ segments: 3, recycled: 0, removed: 3 })
    append(log, 8)
    expect(log.truncateBefore(21)).toMatchObject({ recycled: 0 })
    expect({ links, warnings: log.warnings }).toEqual({ links: 1, warnings: [] })
  })

  it('that somebody has removed while it waited is not missed', () => {
    const log = openLog(5)
    log.truncateBefore(5)
    append(log, 3)
    log.makeSpares()
    log.disk.remove(`${LOG_DIR}/recycled-00000000000000000001.spare`)
    append(log, 4)
    expect(headerOf(log.disk, 3)).toMatchObject({ recycledSalt: 0n, firstLsn: 9 })
    log.close()
    expect(log.control.state).toBe(STATE_CLOSED)
    expect(readLsns(log.disk.crash(dropAll))).toEqual(range(5, 8))
  })

  it('is still used when the disk has no space for another', () => {
    const log = openLog(9, { spareSegments: 2 })
    const faults = (operation: string) => (operation === 'freeBytes' ? { errno: 'EIO' } : undefined)
    log.disk.faults = { onCall: faults }
    append(log, 8)
    expect(log.spares!.failure).toMatchObject({ operation: 'statfs' })
    log.truncateBefore(17)
    append(log, 8)
    expect(log.control.counts.readCounts()).toMatchObject({ recycledSegments: 2 })
  })

  it('that a dead process left waiting is taken away by the next one', () => {
    const log = openLog(5)
    log.truncateBefore(5)
    const disk = log.disk.processDeath()
    disk.writeFile(`${LOG_DIR}/recycled-notes.spare`, Uint8Array.of(1))
    disk.writeFile(`${LOG_DIR}/recycled-00000000000000000009.spare.trial`, Uint8Array.of(1))
    expect(names(disk)).toContain('recycled-1.spare')
    const next = LogHarness.open(disk, SMALL)
    next.tidy()
    expect(names(disk)).toEqual(['2.rwal', 'recycled-notes.spare'])
  })
})

describe('a crash in a recycled segment', () => {
  it('leaves stale bytes behind the last record: told as such, lost is nothing, also for strict', () => {
    const { disk } = recycledLog()
    for (const after of [disk.processDeath(), disk.crash(dropAll)]) {
      const end = framesIn(after, 3).at(-1)!.offset + 940
      const { tornTail } = verifyDisk(after)
      expect(tornTail).toMatchObject({
        segment: expect.stringContaining('3.rwal'),
        records: 0,
        stale: true,
        fromLsn: 10,
      })
      expect(tornTail!.offset).toBeLessThanOrEqual(end + 4)
      const { report } = recover(after, { recover: 'strict' })
      expect(report).toMatchObject({ firstLsn: 5, lastLsn: 9, damage: [], tornTail: { stale: true } })
      const log = LogHarness.open(after, { ...SMALL, recover: 'strict' })
      append(log, 3)
      log.close()
      expect(log.control.state).toBe(STATE_CLOSED)
      expect(readLsns(after)).toEqual(range(5, 8))
      expect(verifyDisk(after)).toMatchObject({ ok: true, tornTail: null })
    }
  })

  it('is told to people as nothing to worry about', () => {
    const { tornTail } = verifyDisk(recycledLog().disk.processDeath())
    expect(describeTornTail(tornTail!)).toMatch(
      /^stale bytes at 0+3\.rwal offset \d+: \d+ bytes that the recycled file held before .*\(nothing lost, no damage\)$/,
    )
    expect(describeTornTail({ ...tornTail!, stale: false })).toMatch(/^torn tail at 0+3\.rwal .*never told durable/)
  })

  it('in the middle of a record is a torn tail like any other', () => {
    const log = recycledLog()
    const { disk } = log
    disk.faults = {
      onCall: (operation, _, { path }) =>
        operation === 'write' && path === pathOf(3) ? { errno: 'EIO', progress: 300 } : undefined,
    }
    log.appender.appendBytes(payload(900, 10))
    log.settle()
    const after = disk.processDeath()
    expect(verifyDisk(after).tornTail).toMatchObject({ stale: false, records: 0 })
    expect(thrownBy(() => recover(after, { recover: 'strict' }))).toMatchObject({ class: 'torn-tail' })
    expect(recover(after).report).toMatchObject({ lastLsn: 9, tornTail: { stale: false, fromLsn: 10 } })
  })

  it('before its first record leaves a segment that holds nothing, and no record of the former life', () => {
    const log = openLog(5)
    log.truncateBefore(5)
    append(log, 3)
    log.makeSpares()
    log.disk.faults = {
      onCall: (operation, _, { path }) => (operation === 'write' && path === pathOf(3) ? { errno: 'EIO' } : undefined),
    }
    log.appender.appendBytes(payload(900, 9))
    log.settle()
    const after = log.disk.processDeath()
    expect(headerOf(after, 3).recycledSalt).not.toBe(0n)
    expect(readLsns(after)).toEqual(range(5, 4))
    const next = openLog(3, {}, after)
    next.close()
    expect(readLsns(after)).toEqual(range(5, 7))
  })
})

describe('a segment that is taken', () => {
  it('is begun in the recycled file that the steward said, whenever that was', () => {
    for (let steps = 0; steps < 12; steps++) {
      const log = openLog(9, { spareSegments: 2 })
      const pieces = log.retirer.truncateBefore(9)
      for (let i = 0; i < steps; i++) {
        if (i % 2 === 0) pieces.next()
        else log.spares!.step()
      }
      for (let lsn = 10; lsn <= 24; lsn++) {
        log.appender.appendBytes(payload(900, lsn), { type: lsn })
        log.settle()
      }
      log.close()
      expect(log.control.state).toBe(STATE_CLOSED)
      const lsns = readLsns(log.disk)
      expect(lsns).toEqual(range(lsns[0]!, 25 - lsns[0]!))
      expect(verifyDisk(log.disk).ok).toBe(true)
    }
  })

  it('is no recycled file that somebody else gave the name meanwhile: that is another writer', () => {
    const log = openLog(5)
    log.truncateBefore(5)
    append(log, 3)
    log.makeSpares()
    const theirs = Uint8Array.of(1, 2, 3)
    log.disk.writeFile(pathOf(3), theirs)
    log.appender.appendBytes(payload(900, 9))
    log.settle()
    expect(log.control.failure).toMatchObject({ code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_FENCED' })
    expect(log.disk.readFile(pathOf(3))).toEqual(theirs)
  })
})

it('blanks the whole page, so that no header of a former life shows through', () => {
  const log = openLog(5)
  log.truncateBefore(5)
  const bytes = log.disk.crash(dropAll).readFile(`${LOG_DIR}/recycled-00000000000000000001.spare`)
  expect(bytes.subarray(0, HEADER_PAGE_BYTES).every((byte) => byte === 0)).toBe(true)
  expect(bytes.subarray(HEADER_PAGE_BYTES).some((byte) => byte !== 0)).toBe(true)
})
