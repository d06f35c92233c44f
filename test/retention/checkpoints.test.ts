/** Retention by checkpoints, on a simulated disk: what they make up for goes, and only that. */
import { describe, expect, it } from 'vitest'
import { checkpoint, keeperOf } from '../checkpoint/checkpoint-kit.ts'
import { openLog } from '../retire/retire-kit.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { append, keep, segmentsOn, turn } from './retention-kit.ts'

describe('checkpoints', () => {
  it('alone give up all that the oldest of them makes up for, and nothing without one', () => {
    const log = openLog(20)
    const kept = keep(log, { checkpoint: true })
    turn(kept)
    expect(segmentsOn(kept)).toEqual([1, 2, 3, 4, 5])
    const keeper = keeperOf(log)
    checkpoint(keeper, 10)
    checkpoint(keeper, 17)
    kept.keeper.hurry()
    turn(kept)
    expect(segmentsOn(kept)).toEqual([3, 4, 5])
    checkpoint(keeper, 20)
    kept.keeper.hurry()
    turn(kept)
    expect(segmentsOn(kept)).toEqual([5])
    expect(kept.held).toEqual([])
  })

  it('bound a limit, and are told to', () => {
    const log = openLog(0)
    const kept = keep(log, { checkpoint: true, maxSegments: 2 })
    append(kept, 16)
    expect(segmentsOn(kept)).toEqual([1, 2, 3, 4])
    expect(kept.held.at(-1)).toMatchObject({ by: 'checkpoint', limit: 'maxSegments', neededLsn: 0 })
    checkpoint(keeperOf(log), 6)
    kept.keeper.hurry()
    turn(kept)
    expect(segmentsOn(kept)).toEqual([2, 3, 4])
    const by = `checkpoint ${'6'.padStart(20, '0')}.rwck`
    expect(kept.held.at(-1)).toMatchObject({ by, neededLsn: 7 })
    checkpoint(keeperOf(log), 16, 1)
    kept.keeper.hurry()
    turn(kept)
    expect(segmentsOn(kept)).toEqual([3, 4])
    expect(kept.held.at(-1)).toBeUndefined()
  })

  it('keep what each label needs', () => {
    const log = openLog(20)
    const kept = keep(log, { checkpoint: true })
    const keeper = keeperOf(log)
    checkpoint(keeper, 7, 2, 'orders')
    checkpoint(keeper, 20, 2, 'trades')
    turn(kept)
    expect(segmentsOn(kept)).toEqual([2, 3, 4, 5])
  })

  it('that do not verify are none; what only they stand for is kept, and told', () => {
    const log = openLog(20)
    const kept = keep(log, { checkpoint: true })
    const keeper = keeperOf(log)
    checkpoint(keeper, 7)
    checkpoint(keeper, 20)
    log.disk.flipBit(`${LOG_DIR}/${'7'.padStart(20, '0')}.rwck`, 300, 1)
    turn(kept)
    expect(segmentsOn(kept)).toEqual([5])
    const other = openLog(20)
    const alone = keep(other, { checkpoint: true })
    checkpoint(keeperOf(other), 12, 2, 'orders')
    checkpoint(keeperOf(other), 20, 2, 'trades')
    other.disk.flipBit(`${LOG_DIR}/${'12'.padStart(20, '0')}.rwck`, 300, 1)
    turn(alone)
    expect(segmentsOn(alone)).toEqual([1, 2, 3, 4, 5])
    expect(alone.warnings).toEqual([expect.stringMatching(/checkpoint 0+12\.rwck.*does not verify/)])
    alone.keeper.hurry()
    turn(alone)
    expect(alone.warnings).toHaveLength(1)
  })

  it('are read to their end once', () => {
    const log = openLog(20)
    const kept = keep(log, { checkpoint: true })
    checkpoint(keeperOf(log), 3)
    const reads = (): number =>
      log.disk.calls.filter(({ operation, path }) => operation === 'read' && path?.endsWith('.rwck')).length
    turn(kept)
    const before = reads()
    expect(before).toBeGreaterThan(0)
    kept.keeper.hurry()
    turn(kept)
    expect(reads()).toBe(before)
  })
})
