/** What `truncateBefore` takes out of a log, and what it leaves. */
import { describe, expect, it } from 'vitest'
import { segmentName } from '../../src/format/index.ts'
import { LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { edit, logOf, pathOf, SMALL } from '../support/log-images.ts'
import { range, readLsns, thrownBy } from '../support/log-records.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import { append, names, openLog, PER_SEGMENT } from './retire-kit.ts'

describe('retiring', () => {
  it('takes the segments all of whose records are below the LSN, whatever that is', () => {
    for (let lsn = 0; lsn <= 15; lsn++) {
      const log = openLog(14)
      const gone = Math.min(3, Math.floor(Math.max(0, lsn - 1) / PER_SEGMENT))
      const firstLsn = gone * PER_SEGMENT + 1
      expect(log.truncateBefore(lsn)).toEqual({
        segments: gone,
        bytes: gone * SMALL.segmentBytes,
        recycled: Math.min(1, gone),
        removed: Math.max(0, gone - 1),
        heldBy: null,
        firstLsn,
      })
      expect(readLsns(log.disk)).toEqual(range(firstLsn, 15 - firstLsn))
      expect(log.control.counts.readCounts().retiredSegments).toBe(gone)
      const after = log.disk.crash(dropAll)
      expect(recover(after).report).toMatchObject({ firstLsn, lastLsn: 14, damage: [] })
      expect(readLsns(after)).toEqual(range(firstLsn, 15 - firstLsn))
    }
  })

  it('misses no segment that a listing misses, as it got its name meanwhile', () => {
    const log = openLog(14)
    const list = log.disk.list.bind(log.disk)
    log.disk.list = (path) => list(path).filter((name) => name !== segmentName(2))
    expect(log.truncateBefore(13)).toMatchObject({ segments: 3, firstLsn: 13 })
  })

  it('takes nothing twice, and goes on where it ended', () => {
    const log = openLog(14)
    expect(log.truncateBefore(5)).toMatchObject({ segments: 1, firstLsn: 5 })
    expect(log.truncateBefore(5)).toMatchObject({ segments: 0, firstLsn: 5 })
    append(log, 10)
    expect(log.truncateBefore(21)).toMatchObject({ segments: 4, firstLsn: 21 })
    log.close()
    expect(readLsns(log.disk)).toEqual(range(21, 4))
  })

  it('never takes the last segment, nor the one before it while nothing behind it is durable', () => {
    const log = openLog(4, { policy: 'never' })
    log.appender.appendBytes(new Uint8Array(900))
    log.settle()
    expect(names(log.disk)).toContain('2.rwal')
    expect(log.durable).toBe(4)
    expect(log.truncateBefore(5)).toMatchObject({ segments: 0, firstLsn: 1 })
    log.flush()
    expect(log.truncateBefore(6)).toMatchObject({ segments: 1, firstLsn: 5 })
    expect(log.truncateBefore(6)).toMatchObject({ segments: 0, firstLsn: 5 })
  })

  it('does nothing to a log without segments', () => {
    expect(openLog(0).truncateBefore(1)).toEqual({
      segments: 0,
      bytes: 0,
      recycled: 0,
      removed: 0,
      firstLsn: 0,
      heldBy: null,
    })
  })

  it('takes segments of earlier openings too; those that a close has cut short are no use for others', () => {
    const log = openLog(3, {}, logOf(6))
    expect(log.truncateBefore(9)).toMatchObject({ segments: 2, recycled: 1, removed: 1, firstLsn: 7 })
    expect(names(log.disk).filter((name) => name.endsWith('.rwal'))).toEqual(['3.rwal', '4.rwal'])
    expect(readLsns(log.disk)).toEqual([7, 8, 9])
  })

  it('leaves a log that a later opening takes up, truncates and appends to', () => {
    let { disk } = openLog(14)
    for (let life = 1; life <= 4; life++) {
      const log = LogHarness.open(disk.processDeath(), { ...SMALL, spareSegments: 1 })
      log.tidy()
      append(log, 6)
      log.truncateBefore(log.durable + 1)
      disk = log.disk
    }
    const lsns = readLsns(disk)
    expect(lsns).toEqual(range(lsns[0]!, lsns.length))
    expect(lsns.at(-1)).toBe(38)
    expect(lsns.length).toBeLessThanOrEqual(2 * PER_SEGMENT)
  })
})

describe('retiring is refused', () => {
  it('where the next header does not prove where a segment ends, and takes nothing from there on', () => {
    const log = openLog(14)
    edit(log.disk, pathOf(3), (bytes) => void bytes.fill(7, 0, 4096))
    expect(thrownBy(() => log.truncateBefore(13))).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', file: pathOf(3) })
    expect(names(log.disk)).not.toContain('1.rwal')
    expect(names(log.disk)).toContain('2.rwal')
    expect(log.control.failure).toBeUndefined()
    append(log, 1)
    expect(log.durable).toBe(15)
  })

  it.each([
    ['of another log', (header: Uint8Array) => header.fill(1, 16, 32)],
    ['of another number', (header: Uint8Array) => header.fill(0, 32, 33)],
  ])('where the next header is %s', (_, change) => {
    const log = openLog(10)
    edit(log.disk, pathOf(2), (bytes) => {
      for (const at of [0, 2048]) change(bytes.subarray(at, at + 128))
    })
    expect(thrownBy(() => log.truncateBefore(9))).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', file: pathOf(2) })
    expect(names(log.disk)).toContain('1.rwal')
  })

  it('where a segment in the middle is gone', () => {
    const log = openLog(14)
    log.disk.remove(pathOf(2))
    expect(thrownBy(() => log.truncateBefore(13))).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', file: pathOf(2) })
    expect(names(log.disk)).toContain('1.rwal')
  })

  it('in a directory that was replaced', () => {
    const log = openLog(10)
    log.disk.rename(LOG_DIR, '/moved')
    log.disk.makeDirectory(LOG_DIR)
    for (const name of log.disk.list('/moved')) log.disk.rename(`/moved/${name}`, `${LOG_DIR}/${name}`)
    expect(thrownBy(() => log.truncateBefore(9))).toMatchObject({ code: 'ERR_RINGWAL_TAMPERED', found: 'replaced' })
    expect(names(log.disk)).toContain('1.rwal')
  })

  it('by a log that is closed, or poisoned, also between two segments', () => {
    for (const end of ['close', 'poison'] as const) {
      const log = openLog(14)
      const pieces = log.retirer.truncateBefore(13)
      pieces.next()
      pieces.next()
      if (end === 'close') log.close()
      else log.control.poison({ code: 'ERR_RINGWAL_POISONED', message: 'a test', facts: {} })
      const code = end === 'close' ? 'ERR_RINGWAL_CLOSED' : 'ERR_RINGWAL_POISONED'
      expect(thrownBy(() => pieces.next())).toMatchObject({ code })
      expect(thrownBy(() => log.truncateBefore(1))).toMatchObject({ code })
      expect(readLsns(log.disk)).toEqual(range(5, 10))
    }
  })
})
