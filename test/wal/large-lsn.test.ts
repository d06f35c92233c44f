import { describe, expect, it } from 'vitest'
import { LogHarness, recover } from '../support/log-harness.ts'
import { logOf, SMALL } from '../support/log-images.ts'
import { payload, range, readLsns } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

const FOUR_G = 2 ** 32

describe.each([FOUR_G - 5, 2 ** 31 - 5, 2 ** 40, 3 * FOUR_G - 5, 2 ** 53 - 60])('a log at LSN %i', (firstLsn) => {
  it('numbers, syncs, recovers, reads and follows on across the carry', async () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, firstLsn })
    const waits: Promise<void>[] = []
    for (let i = 0; i < 12; i++) {
      const lsn = log.appender.appendBytes(payload(700, i))
      expect(lsn).toBe(firstLsn + i)
      waits.push(log.appender.durable(lsn))
      log.settle()
      expect(log.durable).toBe(lsn)
    }
    await Promise.all(waits)
    log.close()
    expect(readLsns(disk)).toEqual(range(firstLsn, 12))
    expect(readLsns(disk, { from: firstLsn + 3, to: firstLsn + 8 })).toEqual(range(firstLsn + 3, 6))
    expect(recover(disk).report).toMatchObject({ firstLsn, lastLsn: firstLsn + 11, clean: true })
    const again = LogHarness.open(disk.processDeath(), SMALL)
    expect(again.appender.appendBytes(payload(1, 1))).toBe(firstLsn + 12)
  })

  it('takes a flush for what is not durable, and only for that', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, policy: 'never', firstLsn })
    const syncs = (): number => disk.calls.filter(({ operation }) => operation === 'syncData').length
    for (let i = 0; i < 12; i++) {
      log.appender.appendBytes(payload(10, i))
      log.settle()
      expect(syncs()).toBe(i)
      log.flush()
      expect(syncs()).toBe(i + 1)
      expect(log.durable).toBe(firstLsn + i)
    }
  })

  it('writes atomic batches and dead claims across it', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, firstLsn })
    log.appender.appendBytesBatch(range(0, 9).map((stamp) => ({ bytes: payload(20, stamp) })))
    const { owner } = log.furtherAppender()
    log.ring.revokeOwner(owner)
    log.close()
    expect(readLsns(disk)).toEqual(range(firstLsn, 9))
  })
})

describe('a log that has lost its first segments to retention', () => {
  it('opens at any LSN', () => {
    const disk = logOf(14)
    disk.remove('/wal/00000000000000000001.rwal')
    const log = LogHarness.open(disk, SMALL)
    expect(log.appender.appendBytes(payload(1, 1))).toBe(15)
    log.close()
    expect(readLsns(disk)).toEqual(range(5, 11))
  })
})
