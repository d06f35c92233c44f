/** A log that is cut behind an LSN, on a simulated disk: what is left, and what is refused. */
import { describe, expect, it } from 'vitest'
import { encodePosition } from '../../src/format/index.ts'
import { writeCutCopy } from '../../src/truncate/cut-copy.ts'
import { recoverLog } from '../../src/wal/recovery.ts'
import { wholeCheckpoints } from '../checkpoint/checkpoint-kit.ts'
import { append, headerOf, openLog } from '../retire/retire-kit.ts'
import { checker, LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { pathOf, SMALL } from '../support/log-images.ts'
import { payload, thrownBy } from '../support/log-records.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import { CLOSED, cut, lsnsOf, memory, RECORDS, range } from './cut-kit.ts'

describe('a log that is cut', () => {
  it.each(range(RECORDS))('behind LSN %i ends there, is whole, and goes on with a higher epoch', (lsn) => {
    const disk = CLOSED.fork()
    expect(cut(disk, lsn)).toEqual({ lastLsn: lsn, givenUp: RECORDS - lsn })
    const after = disk.crash(dropAll)
    expect(recover(after.fork(), { recover: 'strict' }).report).toMatchObject({
      clean: true,
      lastLsn: lsn,
      firstLsn: 1,
      damage: [],
      tornTail: null,
      leftovers: [],
      epoch: 3,
    })
    expect(lsnsOf(after)).toEqual(range(lsn))
    expect(wholeCheckpoints(after)).toEqual([18, 6].filter((one) => one <= lsn))
    const log = LogHarness.open(after, { ...SMALL, recover: 'strict' })
    append(log, 6)
    expect(lsnsOf(log.disk)).toEqual(range(lsn + 6))
    expect(headerOf(log.disk, Math.ceil(lsn / 4) + (lsn > 10 ? 1 : 0) + 1).epoch).toBe(3)
    log.close()
    const { report } = recover(log.disk.processDeath(), { recover: 'strict' })
    expect(report).toMatchObject({ lastLsn: lsn + 6, damage: [], clean: true, epoch: 4 })
  })

  it('keeps the epoch of a writer that never began a segment', () => {
    const disk = CLOSED.fork()
    const settings = { dir: LOG_DIR, recover: 'tail', verifyBytes: undefined, useBigInt64: undefined } as const
    const ports = { fs: disk, clock: new ManualClock(), checker, memory }
    writeCutCopy(ports, LOG_DIR, { lsn: 3, epoch: 7 })
    const { epoch, report } = recoverLog(ports, settings)
    expect([epoch, report.lastLsn]).toEqual([8, 3])
  })

  it('behind a torn tail, or with spare and recycled files, leaves none of them', () => {
    const log = openLog(14, { spareSegments: 2 })
    log.truncateBefore(5)
    log.makeSpares()
    const disk = log.disk.processDeath()
    expect(cut(disk, 9, 1)).toMatchObject({ lastLsn: 9 })
    expect(disk.list(LOG_DIR).filter((name) => name.endsWith('.rwal'))).toHaveLength(2)
    expect(lsnsOf(disk)).toEqual([5, 6, 7, 8, 9])
  })
})

describe('a cut is refused', () => {
  it.each<[string, number, number, object]>([
    ['of an epoch that is past', 8, 1, { code: 'ERR_RINGWAL_FENCED', epoch: 2 }],
    ['of an epoch to come', 8, 3, { code: 'ERR_RINGWAL_FENCED' }],
    ['below the first record', 0, 2, { code: 'ERR_RINGWAL_OPTION', option: 'lsn', allowed: 'an integer from 1 to 22' }],
    ['above the last', 23, 2, { code: 'ERR_RINGWAL_OPTION', option: 'lsn' }],
  ])('%s', (_, lsn, epoch, error) => {
    const disk = CLOSED.fork()
    expect(thrownBy(() => cut(disk, lsn, epoch))).toMatchObject(error)
    expect(disk.print).toBe(CLOSED.print)
  })

  it('below a position, and below one that can not be read', () => {
    const disk = CLOSED.fork()
    const { logId } = headerOf(disk, 1)
    const set = (lsn: number): void =>
      disk.writeFile(`${LOG_DIR}/a.position`, encodePosition({ logId, name: 'a', lsn, set: 0n }, checker))
    set(9)
    expect(thrownBy(() => cut(disk, 8))).toMatchObject({ code: 'ERR_RINGWAL_NEEDED', by: 'position a' })
    disk.flipBit(`${LOG_DIR}/a.position`, 40, 0)
    expect(thrownBy(() => cut(disk, 20))).toMatchObject({ code: 'ERR_RINGWAL_NEEDED' })
    set(9)
    expect(cut(disk, 9)).toMatchObject({ lastLsn: 9 })
  })

  it('within an atomic batch, which counts whole or not at all', () => {
    const log = openLog(3)
    log.appender.appendBytesBatch([{ bytes: payload(100, 4) }, { bytes: payload(100, 5) }])
    log.flush()
    log.close()
    const { disk } = log
    expect(thrownBy(() => cut(disk, 4, 1))).toMatchObject({ code: 'ERR_RINGWAL_INPUT', lsn: 4, endLsn: 3 })
    expect(recover(disk.processDeath()).report.lastLsn).toBe(5)
  })

  it('where the log is not whole up to there, and not for what is given up', () => {
    const below = CLOSED.fork()
    below.flipBit(pathOf(2), 4096 + 100, 2)
    expect(thrownBy(() => cut(below, 7))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED' })
    expect(below.list(LOG_DIR).filter((name) => name.includes('cut'))).toEqual([])
    const above = CLOSED.fork()
    above.flipBit(pathOf(5), 4096 + 100, 2)
    expect(cut(above, 7)).toMatchObject({ lastLsn: 7 })
  })
})
