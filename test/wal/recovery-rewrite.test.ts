/** Rule R2 after the failure: what a sync that failed has lost can still be read, and must be written again to be kept. */
import { expect, it } from 'vitest'
import { LogHarness, recover } from '../support/log-harness.ts'
import { payload, range, readLsns } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'

it.each([1, 10, 40])('recovery keeps %i records that only the page cache has after a failed sync', (count) => {
  const disk = new SimulatedDisk()
  const log = LogHarness.open(disk, { policy: 'never' })
  log.appender.appendBytes(payload(900, 0))
  log.flush()
  for (let i = 1; i <= count; i++) {
    log.appender.appendBytes(payload(900, i))
    log.settle()
  }
  disk.faults = { onCall: (operation) => (operation === 'syncData' ? { errno: 'EIO' } : undefined) }
  log.flush()
  expect(log.durable).toBe(1)
  const after = disk.processDeath()
  expect(readLsns(after.crash(dropAll))).toEqual([1])
  expect(recover(after).report).toMatchObject({ lastLsn: count + 1 })
  expect(readLsns(after.crash(dropAll))).toEqual(range(1, count + 1))
})
