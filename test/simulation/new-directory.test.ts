/** Rule R5: the directory of a log is durable before the first record in it is acknowledged, whoever made it. */
import { expect, it } from 'vitest'
import { makeDirectories } from '../../src/storage/make-directories.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { payload, range, readLsns, thrownBy } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'

it.each(['/data', '/data/logs/orders'])(
  'that a process made which died before it was durable is so at the next opening (%s)',
  (dir) => {
    const disk = new SimulatedDisk()
    disk.faults = {
      onCall: (operation) => {
        if (operation === 'syncDirectory') throw new Error('killed')
        return undefined
      },
    }
    expect(thrownBy(() => makeDirectories(disk, dir))).toMatchObject({ message: 'killed' })
    const next = disk.processDeath()
    makeDirectories(next, dir)
    expect(next.crash(dropAll).statPath(dir)?.kind).toBe('directory')
  },
)

it('holds all that is acknowledged in it, though an earlier opening died on the way', () => {
  const disk = new SimulatedDisk()
  disk.faults = new PlannedFaults({ operation: 'list', at: 1, fault: { errno: 'EIO' } })
  expect(thrownBy(() => LogHarness.open(disk))).toMatchObject({ code: 'ERR_RINGWAL_IO' })
  const log = LogHarness.open(disk.processDeath(), { policy: 'always' })
  log.appender.appendBytes(payload(100, 1))
  log.settle()
  const after = log.disk.crash(dropAll)
  expect(after.statPath(LOG_DIR)).toBeDefined()
  expect(readLsns(after)).toEqual(range(1, 1))
})

it.each([1, 2])('is made anew where its first sync failed, as a second sync would prove nothing (sync %i)', (at) => {
  const dir = '/data/logs'
  const disk = new SimulatedDisk()
  disk.faults = new PlannedFaults({ operation: 'syncDirectory', at, fault: { errno: 'EIO' } })
  expect(thrownBy(() => makeDirectories(disk, dir))).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'EIO' })
  const next = disk.processDeath()
  makeDirectories(next, dir)
  expect(next.crash(dropAll).statPath(dir)?.kind).toBe('directory')
})
