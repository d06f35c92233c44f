/** The log can be poisoned by any of its threads: the writer, who learns of it at its next step, does nothing more. */
import { expect, it } from 'vitest'
import { STATE_POISONED } from '../../src/wal/control-layout.ts'
import { LogHarness } from '../support/log-harness.ts'
import { payload, thrownBy } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

it.each(['always', 'interval', 'never'] as const)(
  'a log that the steward poisoned is not written to, under %s',
  (policy) => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy })
    log.appender.appendBytes(payload(100, 1))
    log.flush()
    log.appender.appendBytes(payload(100, 2))
    log.step()
    const durable = log.durable
    log.appender.appendBytes(payload(100, 3))
    log.control.poison({ code: 'ERR_RINGWAL_WRITER_DIED', message: 'the steward died', facts: {} })
    const calls = disk.calls.length
    const refused = { code: 'ERR_RINGWAL_WRITER_DIED', message: 'the steward died' }
    expect(thrownBy(() => log.appender.appendBytes(payload(100, 4)))).toMatchObject(refused)
    log.control.requestFlush(log.appender.lastLsn)
    for (let i = 0; i < 5; i++) log.pass(1000)
    expect(disk.calls).toHaveLength(calls)
    expect(log.writer.finished).toBe(true)
    expect(log.durable).toBe(durable)
    expect(log.control.state).toBe(STATE_POISONED)
  },
)
