/** `recover: 'skip-damaged'`: the log goes on over lost records, and never gives an LSN twice. */
import { describe, expect, it } from 'vitest'
import { HEADER_COPY_B_AT } from '../../src/format/index.ts'
import { LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, readLsns, thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'

const SKIP = { ...SMALL, recover: 'skip-damaged' } as const

/** Opens over the damage, appends one record, closes, and opens again. @returns the LSN of the record */
function goOn(disk: SimulatedDisk): number {
  const log = LogHarness.open(disk, SKIP)
  const lsn = log.appender.appendBytes(payload(10, 99))
  expect(log.recovered.report).toMatchObject({ mode: 'skip-damaged', lastLsn: lsn - 1 })
  log.close()
  expect(recover(disk.crash(dropAll), SKIP).report.lastLsn).toBe(lsn)
  expect(readLsns(disk, { onDamage: 'skip' }).at(-1)).toBe(lsn)
  return lsn
}

/** A log of 20 records that are written and not synced. */
function logOfOneSegment(): SimulatedDisk {
  const disk = logOf(0, 'dead')
  const log = LogHarness.open(disk, { ...SMALL, segmentBytes: 1 << 16, policy: 'never' })
  for (let lsn = 1; lsn <= 20; lsn++) log.appender.appendBytes(payload(700, lsn))
  log.settle()
  return log.disk.processDeath()
}

/** Every sector of a file's part is unreadable. */
function failReads(disk: SimulatedDisk, path: string, from: number, to: number): void {
  disk.faults = {
    onCall: (operation, _, call) => {
      const { offset = 0, length = 0 } = call
      const isMet = operation === 'read' && call.path === path && offset < to && offset + length > from
      return isMet ? { errno: 'EIO' } : undefined
    },
  }
}

describe('the LSN behind skipped damage', () => {
  it('is above all that a mark alone tells of', () => {
    const disk = logOf(0, 'dead')
    const log = LogHarness.open(disk, SMALL)
    for (let lsn = 1; lsn <= 3; lsn++) {
      log.appender.appendBytes(payload(100, lsn))
      log.settle()
    }
    log.pass(50)
    const after = log.disk.processDeath()
    expect(framesIn(after, 1).at(-1)).toMatchObject({ kind: 2, lsn: 3 })
    for (const lsn of [1, 2, 3]) after.flipBit(pathOf(1), recordIn(after, 1, lsn).offset + 60, 1)
    expect(goOn(after)).toBe(4)
  })

  it('is above all that an end frame alone tells of', () => {
    const disk = logOf(3)
    for (const lsn of [1, 2, 3]) disk.flipBit(pathOf(1), recordIn(disk, 1, lsn).offset + 60, 1)
    expect(goOn(disk)).toBe(4)
  })

  it('is above all that the bytes which can not be read had room for', () => {
    const disk = logOfOneSegment()
    failReads(disk, pathOf(1), 12288, 1 << 20)
    expect(thrownBy(() => recover(disk))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'unreadable' })
    const log = LogHarness.open(disk, SKIP)
    const { report } = log.recovered
    expect(report.damage).toEqual([expect.objectContaining({ class: 'unreadable', lostTo: 0 })])
    const place = report.damage[0]!
    expect(report.lastLsn).toBe(place.lostFrom - 1 + Math.floor(place.bytes / 40))
    const lsn = log.appender.appendBytes(payload(10, 99))
    expect(lsn).toBeGreaterThan(20)
    log.close()
    disk.faults = undefined
    expect(readLsns(disk, { onDamage: 'skip' }).at(-1)).toBe(lsn)
  })

  it('is the one behind the last record where a page in the middle can not be read', () => {
    const after = logOfOneSegment()
    const before = after.readFile(pathOf(1))
    failReads(after, pathOf(1), 8192, 12288)
    const again = LogHarness.open(after, SKIP)
    expect(again.recovered.report).toMatchObject({ lastLsn: 20, damage: [{ class: 'unreadable' }] })
    after.faults = undefined
    expect(after.readFile(pathOf(1))).toEqual(before)
    // What no mark proves durable is written once more, but for the page that could not be read.
    const rewritten = after.calls.filter(({ operation, path }) => operation === 'write' && path === pathOf(1))
    expect(rewritten.map(({ offset }) => offset)).toEqual([0, 4096, 12288, 16384])
  })

  it('is not given where a page that was read just now fails when it is to be made durable', () => {
    const after = logOfOneSegment()
    after.faults = {
      onCall: (operation, _, { path, offset }) => {
        const isSecond = after.calls.some(({ operation, how }) => operation === 'open' && how === 'write')
        return isSecond && operation === 'read' && path === pathOf(1) && offset === 0 ? { errno: 'EIO' } : undefined
      },
    }
    const refusal = { code: 'ERR_RINGWAL_IO', errnoName: 'EIO', operation: 'read', file: pathOf(1) }
    expect(thrownBy(() => recover(after, SKIP))).toMatchObject(refusal)
  })

  it('leaves out no LSN that is only in a torn tail behind the damage', () => {
    const disk = logOf(4, 'dead')
    disk.flipBit(pathOf(1), recordIn(disk, 1, 2).offset + 60, 1)
    disk.flipBit(pathOf(1), recordIn(disk, 1, 4).offset + 60, 1)
    expect(recover(disk, SKIP).report).toMatchObject({ lastLsn: 3, tornTail: { fromLsn: 4 } })
    expect(goOn(disk)).toBe(4)
  })
})

describe('what skip-damaged tells', () => {
  it('is a cut segment also where it reads no record of it', () => {
    const disk = logOf(14)
    edit(disk, pathOf(1), (bytes) => bytes.subarray(0, 6000))
    const { report } = recover(disk, { ...SKIP, verifyBytes: 0 })
    const facts = { segment: '00000000000000000001.rwal', class: 'truncated', offset: 6000, lostTo: 4 }
    expect(report.damage).toEqual([expect.objectContaining(facts)])
  })
})

describe('what needs repair', () => {
  it('is refused with skip-damaged too: a header without a copy, and a missing segment', () => {
    const headless = logOf(10)
    for (const at of [30, HEADER_COPY_B_AT + 30])
      edit(headless, pathOf(2), (bytes) => void bytes.fill(0xff, at, at + 9))
    const gap = logOf(14)
    gap.remove(pathOf(2))
    for (const [disk, kind] of [
      [headless, 'segment-header'],
      [gap, 'missing-segment'],
    ] as const) {
      const names = disk.list(LOG_DIR)
      expect(thrownBy(() => recover(disk, SKIP))).toMatchObject({
        class: kind,
        message: expect.stringContaining('repair'),
      })
      expect(disk.list(LOG_DIR)).toEqual(names)
    }
  })
})
