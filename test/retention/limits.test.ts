/** What each limit of retention gives up, on a simulated disk: four records of 900 bytes fill a segment. */
import { describe, expect, it } from 'vitest'
import { openLog } from '../retire/retire-kit.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { append, bytesOn, keep, run, SEGMENT_BYTES, segmentsOn, turn } from './retention-kit.ts'

describe('a limit', () => {
  it.each([
    [3, 1],
    [7, 1],
    [4, 2],
    [9, 5],
  ])('of the bytes of %i segments, %i of them spare, is kept at every moment', (files, spareSegments) => {
    const log = openLog(0, { spareSegments })
    const kept = keep(log, { maxBytes: files * SEGMENT_BYTES }, spareSegments)
    let most = 0
    append(kept, 90, () => {
      most = Math.max(most, bytesOn(log.disk))
    })
    expect(most).toBeLessThanOrEqual(files * SEGMENT_BYTES)
    expect(most).toBeGreaterThanOrEqual((files - 1) * SEGMENT_BYTES)
    expect(segmentsOn(kept)).toHaveLength(files - spareSegments)
    expect(log.control.counts.readCounts()).toMatchObject({
      retainedBytes: bytesOn(log.disk),
      retiredSegments: 23 - (files - spareSegments),
    })
    // Room was made by files that are used again: none was removed to be made anew.
    expect(log.control.counts.readCounts().recycledSegments).toBeGreaterThan(20 - files)
    expect(kept.retired.every(({ segments }) => segments === 1)).toBe(true)
    expect([kept.held, kept.warnings, log.warnings]).toEqual([[], [], []])
  })

  it('that an older log is far beyond is reached at once, with the files that nobody needs gone first', () => {
    const log = openLog(40, { spareSegments: 3 })
    log.truncateBefore(13)
    log.makeSpares()
    expect(bytesOn(log.disk)).toBeGreaterThan(12 * SEGMENT_BYTES)
    const kept = keep(log, { maxBytes: 5 * SEGMENT_BYTES }, 3)
    turn(kept)
    expect(bytesOn(log.disk)).toBe(5 * SEGMENT_BYTES)
    expect(segmentsOn(kept)).toEqual([9, 10])
  })

  it('of segments counts those that were begun', () => {
    const log = openLog(0)
    const kept = keep(log, { maxSegments: 3 })
    append(kept, 30)
    expect(segmentsOn(kept)).toEqual([6, 7, 8])
  })

  it('of age counts from when the next segment was begun, by the wall clock', () => {
    const log = openLog(12)
    const kept = keep(log, { maxAgeMs: 60_000, everyMs: 1000 })
    log.pass(59_000)
    append(kept, 8)
    expect(segmentsOn(kept)).toEqual([1, 2, 3, 4, 5])
    log.pass(1500)
    turn(kept)
    // The third was written to until the fourth was begun, 59 seconds later.
    expect(segmentsOn(kept)).toEqual([3, 4, 5])
    log.pass(60_000)
    turn(kept)
    expect(segmentsOn(kept)).toEqual([5])
    log.pass(1e9)
    turn(kept)
    expect(segmentsOn(kept)).toEqual([5])
    expect(kept.held).toEqual([])
  })

  it('is looked after at each new segment, and from time to time', () => {
    const log = openLog(12)
    const kept = keep(log, { maxSegments: 2, everyMs: 500 })
    expect(kept.keeper.isDue).toBe(true)
    turn(kept)
    expect(kept.keeper.isDue).toBe(false)
    log.pass(499)
    expect(kept.keeper.isDue).toBe(false)
    log.pass(1)
    expect(kept.keeper.isDue).toBe(true)
    turn(kept)
    append(kept, 4)
    expect(log.clock.ms).toBe(500)
    expect(segmentsOn(kept)).toEqual([3, 4])
  })

  it('counts the file that the writer has taken, from before its header on', () => {
    const log = openLog(16)
    const kept = keep(log, { maxBytes: 5 * SEGMENT_BYTES })
    turn(kept)
    expect(segmentsOn(kept)).toEqual([1, 2, 3, 4])
    log.control.steward.spareTaken = 5
    log.disk.rename(`${LOG_DIR}/${'5'.padStart(20, '0')}.rwal`, '/aside')
    turn(kept)
    expect(segmentsOn(kept)).toEqual([2, 3, 4])
    expect(kept.held).toEqual([])
  })

  it('is not misled by a listing that misses a file', () => {
    const log = openLog(20)
    const kept = keep(log, { maxSegments: 4 })
    const list = log.disk.list.bind(log.disk)
    for (const missing of [1, 2, 3]) {
      let left = 2
      log.disk.list = (dir) =>
        list(dir).filter((name) => !(name === `${String(missing).padStart(20, '0')}.rwal` && left-- > 0))
      kept.keeper.hurry()
      turn(kept)
      expect(left).toBeLessThanOrEqual(1)
    }
    expect(segmentsOn(kept)).toEqual([2, 3, 4, 5])
  })

  it('does not keep the writer from its segments: it makes those that the steward did not', () => {
    const log = openLog(0)
    const kept = keep(log, { maxBytes: 4 * SEGMENT_BYTES })
    for (let i = 0; i < 40; i++) {
      log.appender.appendBytes(new Uint8Array(900))
      log.flush()
    }
    expect(segmentsOn(kept)).toHaveLength(10)
    turn(kept)
    expect(bytesOn(log.disk)).toBe(4 * SEGMENT_BYTES)
  })
})

describe('a call that fails', () => {
  it.each(['list', 'open', 'read', 'stat', 'rename', 'remove', 'close', 'statPath'] as const)(
    '%s: costs the look, and the next one does what is to be done',
    (operation) => {
      for (let at = 1; ; at++) {
        const log = openLog(20)
        const kept = keep(log, { maxBytes: 3 * SEGMENT_BYTES, maxSegments: 2 })
        run(kept.positions.change({ do: 'set', name: 'a', lsn: 20 }))
        const faults = new PlannedFaults({ operation, at, fault: { errno: 'EIO' } })
        log.disk.faults = faults
        try {
          turn(kept)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_RINGWAL_IO' })
        }
        log.disk.faults = undefined
        if (faults.hits === 0) break
        expect(log.control.failure).toBeUndefined()
        kept.keeper.hurry()
        turn(kept)
        expect(segmentsOn(kept).at(-1)).toBe(5)
        expect(segmentsOn(kept).length).toBeLessThanOrEqual(2)
      }
    },
  )
})
