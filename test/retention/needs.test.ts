/** Who is in the way of retention, and what a log at its cap does about it, on a simulated disk. */
import { describe, expect, it } from 'vitest'
import { STATE_CLOSED } from '../../src/wal/control-layout.ts'
import { openLog } from '../retire/retire-kit.ts'
import { append, bytesOn, type Kept, keep, run, SEGMENT_BYTES, segmentsOn, turn } from './retention-kit.ts'

describe('what somebody needs', () => {
  const needs = [
    [
      'hold',
      (kept: Kept) => {
        kept.log.control.needs.heldLsn = 6
      },
      'hold',
      6,
    ],
    ['position', (kept) => void run(kept.positions.change({ do: 'set', name: 'a', lsn: 5 })), 'position a', 6],
    [
      'archive',
      (kept) => {
        kept.log.control.needs.hasArchive = true
        kept.log.control.needs.archivedLsn = 5
      },
      'archive',
      6,
    ],
  ] as const satisfies readonly (readonly [string, (kept: Kept) => void, string, number])[]

  it.each(needs)('for a %s stays, is told once, and goes when it is not needed any more', (_, take, by, neededLsn) => {
    const log = openLog(20)
    const kept = keep(log, { maxBytes: 3 * SEGMENT_BYTES })
    take(kept)
    turn(kept)
    expect(segmentsOn(kept)).toEqual([2, 3, 4, 5])
    expect(kept.held).toEqual([
      expect.objectContaining({
        by,
        neededLsn,
        limit: 'maxBytes',
        bytes: 5 * SEGMENT_BYTES,
        segments: 4,
        refusing: false,
      }),
    ])
    append(kept, 4)
    expect(kept.held).toHaveLength(1)
    expect(segmentsOn(kept)).toEqual([2, 3, 4, 5, 6])
    const { needs } = log.control
    needs.heldLsn = 0
    needs.archivedLsn = 24
    run(kept.positions.change({ do: 'drop', name: 'a' }))
    kept.keeper.hurry()
    turn(kept)
    expect(segmentsOn(kept)).toEqual([5, 6])
    expect(kept.held.slice(1)).toEqual([undefined])
  })

  it('by another than before is told anew', () => {
    const log = openLog(20)
    const kept = keep(log, { maxSegments: 2 })
    log.control.needs.heldLsn = 6
    turn(kept)
    run(kept.positions.change({ do: 'set', name: 'b', lsn: 4 }))
    kept.keeper.hurry()
    turn(kept)
    expect(kept.held.map((one) => one?.by)).toEqual(['hold', 'position b'])
  })

  it('is asked for a limit only: without one that is exceeded nobody is told', () => {
    const log = openLog(20)
    const kept = keep(log, { maxSegments: 5 })
    log.control.needs.heldLsn = 1
    turn(kept)
    expect(kept.held).toEqual([])
  })

  it('and is above all that is durable, or below the log, is no reason to give up more', () => {
    const log = openLog(20)
    const kept = keep(log, { maxSegments: 2 })
    log.control.needs.heldLsn = 1_000_000
    turn(kept)
    expect(segmentsOn(kept)).toEqual([4, 5])
  })
})

describe('a hold that is taken while segments are retired', () => {
  it('is seen before the next one goes, or is refused by the word of what is left', () => {
    const log = openLog(20)
    const kept = keep(log, { maxSegments: 2 })
    const { needs } = log.control
    let at = 0
    let outcome: 'too late' | 'held' | undefined
    log.disk.faults = {
      onCall: (operation) => {
        if (operation !== 'rename' || ++at !== 2) return undefined
        needs.heldLsn = 7
        outcome = needs.leftLsn > 7 ? 'too late' : 'held'
        return undefined
      },
    }
    turn(kept)
    log.disk.faults = undefined
    // The second segment, of LSN 5 to 8, was on its way out.
    expect(outcome).toBe('too late')
    expect(segmentsOn(kept)).toEqual([3, 4, 5])
    expect(needs.leftLsn).toBe(9)
  })
})

describe('at its cap a log that refuses', () => {
  it('takes nothing from when the next file has no room, and goes on when it has, by itself', () => {
    const log = openLog(0)
    const kept = keep(log, { maxBytes: 4 * SEGMENT_BYTES, atCap: 'refuse' })
    log.control.needs.heldLsn = 1
    const appendOne = (): void => append(kept, 1)
    for (let lsn = 1; lsn <= 12; lsn++) appendOne()
    expect(appendOne).not.toThrow()
    // That was the first record of the fourth segment: a file for a fifth has no room.
    expect(kept.held).toEqual([expect.objectContaining({ refusing: true, by: 'hold' })])
    expect(appendOne).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_RETENTION' }))
    expect(bytesOn(log.disk)).toBe(4 * SEGMENT_BYTES)
    const { appender } = log.furtherAppender()
    expect(() => appender.append('x')).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_RETENTION' }))
    log.control.needs.heldLsn = 5
    turn(kept)
    expect(kept.held.at(-1)).toBeUndefined()
    for (let i = 0; i < 3; i++) appendOne()
    expect(bytesOn(log.disk)).toBe(4 * SEGMENT_BYTES)
    expect(segmentsOn(kept)).toEqual([2, 3, 4])
    appender.append('y')
    log.flush()
    expect(log.durable).toBe(17)
  })

  it('can be closed', () => {
    const log = openLog(0)
    const kept = keep(log, { maxSegments: 2, atCap: 'refuse' })
    log.control.needs.heldLsn = 1
    append(kept, 9)
    expect(log.ring.isPaused).toBe(true)
    log.close()
    expect(log.control.state).toBe(STATE_CLOSED)
    expect(() => log.appender.append('x')).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }))
    turn(kept)
    expect(log.ring.closed).not.toBe(0)
  })

  it('by its age refuses nothing, as that frees nothing', () => {
    const log = openLog(12)
    const kept = keep(log, { maxAgeMs: 10, maxSegments: 100, atCap: 'refuse' })
    log.control.needs.heldLsn = 1
    log.pass(1000)
    turn(kept)
    expect(kept.held).toEqual([expect.objectContaining({ limit: 'maxAgeMs', refusing: false })])
    expect(log.ring.isPaused).toBe(false)
  })
})
