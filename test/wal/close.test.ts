import { describe, expect, it } from 'vitest'
import { STATE_CLOSED } from '../../src/wal/control-layout.ts'
import { claimSlot, lookAtTail } from '../ring/ring-kit.ts'
import { LogHarness, recover } from '../support/log-harness.ts'
import { logOf, pathOf, SMALL } from '../support/log-images.ts'
import { payload, readLsns } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'

describe('closing', () => {
  it('writes and makes durable all that was accepted, and refuses more', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, policy: 'never' })
    for (let i = 0; i < 30; i++) log.appender.appendBytes(payload(200, i))
    log.close()
    expect(log.durable).toBe(30)
    expect(() => log.appender.appendBytes(payload(1, 1))).toThrow(
      expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }),
    )
    expect(readLsns(disk.crash(dropAll))).toHaveLength(30)
    expect(recover(disk).report).toMatchObject({ clean: true, lastLsn: 30, provenLsn: 30 })
  })

  it('gives back the space that the last segment does not need', () => {
    const disk = logOf(2)
    expect(disk.readFile(pathOf(1))).toHaveLength(4096 + 2 * 944 - 8 + 8 + 40 + 40)
  })

  it('of a log to which nothing was appended makes no segment', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, spareSegments: 2 })
    log.makeSpares()
    log.close()
    expect(disk.list('/wal')).toEqual([])
    expect(recover(disk).report).toMatchObject({ clean: true, segments: 0, lastLsn: 0 })
  })

  it('rejects who waits for an LSN that was never appended', async () => {
    const log = LogHarness.open(new SimulatedDisk(), SMALL)
    log.appender.appendBytes(payload(1, 1))
    const wait = log.appender.durable(2)
    log.close()
    await expect(wait).rejects.toMatchObject({ code: 'ERR_RINGWAL_CLOSED', lsn: 2 })
  })

  it('lets no claim succeed that began before it and comes too late to be written', () => {
    const log = LogHarness.open(new SimulatedDisk(), SMALL)
    log.appender.appendBytes(payload(1, 1))
    log.producer.share()
    const place = log.ring.takeOwner()
    log.settle()
    const view = lookAtTail(log.ring)
    log.close()
    expect(log.control.state).toBe(STATE_CLOSED)
    expect(claimSlot(log.ring, view, place, 64)).toBe(false)
  })
})
