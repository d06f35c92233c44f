/** Rule R20: a full disk ends the log in order; recovery and reading work on it; with space again the log goes on. */
import { describe, expect, it } from 'vitest'
import { STATE_POISONED } from '../../src/wal/control-layout.ts'
import { LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { SMALL } from '../support/log-images.ts'
import { payload, range, readLsns, thrownBy } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'

/** Bytes that something else has taken of a disk of 64 KiB, and may give back. */
const BALLAST = `${LOG_DIR}/ballast`

function appendUntilFull(log: LogHarness): void {
  for (let i = 0; log.control.state !== STATE_POISONED; i++) {
    if (thrownBy(() => log.appender.appendBytes(payload(700, i))) === undefined) log.settle()
  }
}

describe.each([0, 1])('a disk that runs full, with %i spare segments', (spareSegments) => {
  it('poisons the log with ENOSPC, and all that was durable can be recovered and read there', () => {
    const disk = new SimulatedDisk({ capacityBytes: 65536 })
    const log = LogHarness.open(disk, { ...SMALL, spareSegments })
    disk.writeFile(BALLAST, new Uint8Array(20_000).fill(1))
    log.makeSpares()
    appendUntilFull(log)
    const { durable } = log
    expect(log.control.failure).toMatchObject({
      code: 'ERR_RINGWAL_POISONED',
      errnoName: 'ENOSPC',
      durableLsn: durable,
    })
    expect(durable).toBeGreaterThan(20)
    for (const after of [disk.processDeath(), disk.crash(dropAll)]) {
      expect(recover(after).report).toMatchObject({ lastLsn: durable, damage: [] })
      expect(readLsns(after)).toEqual(range(1, durable))
    }
  })

  it('can be opened again and again, and goes on as soon as there is space', () => {
    const disk = new SimulatedDisk({ capacityBytes: 65536 })
    disk.makeDirectory(LOG_DIR)
    disk.syncDirectory('/')
    disk.writeFile(BALLAST, new Uint8Array(40_000).fill(1))
    let after = disk
    let durable = 0
    for (let opening = 0; opening < 5; opening++) {
      const log = LogHarness.open(after, { ...SMALL, spareSegments })
      expect(log.durable).toBeGreaterThanOrEqual(durable)
      appendUntilFull(log)
      durable = log.durable
      after = after.processDeath()
    }
    after.remove(BALLAST)
    const log = LogHarness.open(after, { ...SMALL, spareSegments })
    log.appender.appendBytes(payload(700, 1))
    log.close()
    expect(log.durable).toBe(log.recovered.resume.nextLsn)
    expect(readLsns(after.crash(dropAll))).toEqual(range(1, log.durable))
  })
})
