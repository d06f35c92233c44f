/** The writer writes the ring's own bytes: nobody else may have them meanwhile, and they must be records. */
import { describe, expect, it } from 'vitest'
import { FRAME_LENGTH_AT, FRAME_LSN_AT, HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { LogHarness, recover } from '../support/log-harness.ts'
import { pathOf } from '../support/log-images.ts'
import { payload, readLsns, thrownBy } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

describe('the bytes of a batch', () => {
  it('are nobody else’s while they are written, and free behind that', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'never', ringBytes: 4096 })
    const append = (): unknown => thrownBy(() => log.appender.appendBytes(payload(200, 1)))
    while (append() === undefined);
    let writes = 0
    disk.faults = {
      onCall: (operation, _, { offset }) => {
        if (operation !== 'write' || offset === 0) return undefined
        writes++
        expect(append()).toMatchObject({ code: 'ERR_RINGWAL_FULL' })
        return undefined
      },
    }
    log.settle()
    expect(writes).toBe(1)
    expect(append()).toBeUndefined()
  })

  it.each([
    ['another LSN', FRAME_LSN_AT, 7],
    ['a length that can not be', FRAME_LENGTH_AT, 0x7fffffff],
    ['a length that reaches over the end', FRAME_LENGTH_AT, 4000],
  ])('that somebody wrote over (%s) are never written: the log is poisoned', (_, at, value) => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'always' })
    log.appender.appendBytes(payload(200, 1))
    log.settle()
    log.appender.appendBytes(payload(200, 2))
    const frameAt = log.ring.base + log.ring.bytes.subarray(log.ring.base).findIndex((_, i) => isFrameOf(2, log, i))
    new DataView(log.ring.memory.buffer).setUint32(frameAt + at, value, true)
    const before = disk.readFile(pathOf(1))
    log.settle()
    expect(log.control.failure).toMatchObject({ code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_INTERNAL' })
    expect(log.durable).toBe(1)
    expect(disk.readFile(pathOf(1))).toEqual(before)
    expect(before.length).toBeGreaterThan(HEADER_PAGE_BYTES)
    expect(recover(disk.processDeath()).report).toMatchObject({ lastLsn: 1, tornTail: null })
    expect(readLsns(disk)).toEqual([1])
  })
})

/** Whether the frame of an LSN stands so many bytes into the ring. */
function isFrameOf(lsn: number, { ring }: LogHarness, offset: number): boolean {
  if (offset % 8 !== 0) return false
  const view = new DataView(ring.memory.buffer, ring.base + offset)
  return view.getUint32(FRAME_LENGTH_AT, true) === 200 && view.getUint32(FRAME_LSN_AT, true) === lsn
}
