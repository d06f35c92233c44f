/** A power cut, or a failing call, at any moment of a checkpoint: it is there whole, or it is not, and those before it are. */
import { describe, expect, it } from 'vitest'
import { STATE_OPEN, STATE_POISONED } from '../../src/wal/control-layout.ts'
import { append, openLog } from '../retire/retire-kit.ts'
import { LOG_DIR, type LogHarness } from '../support/log-harness.ts'
import { thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { Operation } from '../support/simulated-disk-calls.ts'
import { crashStates } from '../support/simulated-disk-crash.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { checkpoint, keeperOf, wholeCheckpoints } from './checkpoint-kit.ts'

/** Three checkpoints of which two are kept, each with what it frees retired. @param done called behind each */
function live(log: LogHarness, done: (lsn: number) => void): void {
  const keeper = keeperOf(log)
  for (let i = 0; i < 3; i++) {
    append(log, 6)
    const { kept } = checkpoint(keeper, log.durable)
    done(log.durable)
    log.truncateBefore(kept.at(-1)! + 1)
  }
}

/** Whether what a state has is enough: a checkpoint, and all records behind it. */
function isEnough(state: SimulatedDisk, atLeast: number): boolean {
  const whole = wholeCheckpoints(state)
  return (whole[0] ?? 0) >= atLeast
}

describe('a power cut', () => {
  it('at any call leaves the last checkpoint that was done, and none that is not whole', () => {
    const log = openLog(0)
    let last = 0
    let states = 0
    let broken: unknown
    log.disk.faults = {
      onCall: () => {
        for (const state of crashStates(log.disk, 20, states)) {
          states++
          broken ??= thrownBy(() => {
            if (!isEnough(state, last)) throw new Error(`no checkpoint of LSN ${last} or later`)
          })
        }
        return undefined
      },
    }
    live(log, (lsn) => {
      last = lsn
    })
    expect(broken).toBeUndefined()
    expect(states).toBeGreaterThan(500)
    expect(wholeCheckpoints(log.disk)).toEqual([18, 12])
  })

  it('leaves nothing unfinished behind the next opening but what is removed', () => {
    const log = openLog(3)
    const keeper = keeperOf(log)
    keeper.take({ do: 'begin', lsn: 3, label: '' }).next()
    const left = log.disk.processDeath()
    expect(left.list(LOG_DIR).filter((name) => name.endsWith('.unfinished'))).toHaveLength(1)
    expect(wholeCheckpoints(left)).toEqual([])
  })
})

describe('a call that fails', () => {
  const operations: readonly Operation[] = [
    'open',
    'write',
    'syncData',
    'syncAll',
    'close',
    'rename',
    'syncDirectory',
    'remove',
    'stat',
  ]
  it.each(operations)('%s: costs the checkpoint, or the log ends; what is there is whole', (operation) => {
    let hits = 0
    for (let at = 1; ; at++) {
      const log = openLog(6)
      const keeper = keeperOf(log)
      for (let lsn = 1; lsn < 6; lsn++) checkpoint(keeper, lsn)
      const faults = new PlannedFaults({ operation, at, fault: { errno: 'EIO', progress: 10 } })
      log.disk.faults = faults
      const error = thrownBy(() => checkpoint(keeper, 6))
      log.disk.faults = undefined
      if (faults.hits === 0) break
      hits++
      const poisons = operation === 'syncDirectory'
      expect(log.control.state).toBe(poisons ? STATE_POISONED : STATE_OPEN)
      if (error !== undefined)
        expect(error).toMatchObject({ code: poisons ? 'ERR_RINGWAL_POISONED' : 'ERR_RINGWAL_IO' })
      const whole = wholeCheckpoints(log.disk)
      expect(whole).toContain(5)
      expect(error !== undefined || whole.includes(6)).toBe(true)
      if (poisons) continue
      expect(checkpoint(keeper, 6).kept).toEqual([6, 5])
      expect(wholeCheckpoints(log.disk)).toEqual([6, 5])
    }
    // Small snapshots are synced once, at the end.
    if (operation !== 'syncData') expect(hits).toBeGreaterThan(0)
  })
})

it('a checkpoint ahead of the log is refused', () => {
  const log = openLog(3)
  expect(() => checkpoint(keeperOf(log), 4)).toThrow(/LSN 4 is not durable/)
})

it('one of another label at the same LSN is not replaced', () => {
  const log = openLog(3)
  const keeper = keeperOf(log)
  checkpoint(keeper, 3, 2, 'orders')
  expect(() => checkpoint(keeper, 3, 2, 'trades')).toThrow(
    expect.objectContaining({ code: 'ERR_RINGWAL_INPUT', label: 'orders' }),
  )
  expect(checkpoint(keeper, 3, 2, 'orders')).toMatchObject({ lsn: 3, kept: [3] })
})
