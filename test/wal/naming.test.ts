/** Writer and steward both sync the directory, and one's failure may be what the other should have been told. */
import { describe, expect, it } from 'vitest'
import { STATE_POISONED } from '../../src/wal/control-layout.ts'
import { awaitWriter, waitForSteward } from '../../src/wal/durable-names.ts'
import { openLog } from '../retire/retire-kit.ts'

const failure = { code: 'ERR_RINGWAL_POISONED', message: 'a test', facts: {} } as const

describe('the writer, back from its own sync', () => {
  it('goes on where the steward is at none', () => {
    const { control } = openLog(0)
    expect(() => waitForSteward(control)).not.toThrow()
  })

  it('waits for the steward to come back', () => {
    const { control } = openLog(0)
    control.steward.setNaming('steward', true)
    expect(() => control.steward.waitNamesIdle('steward', 30)).toThrow(
      /the steward is at a sync of the directory for 30 ms/,
    )
    control.steward.setNaming('steward', false)
    expect(() => control.steward.waitNamesIdle('steward', 30)).not.toThrow()
  })

  it('ends where the steward failed', () => {
    const { control } = openLog(0)
    control.poison(failure)
    expect(() => waitForSteward(control)).toThrow('a test')
  })
})

describe('the steward, back from its own sync', () => {
  it('waits in pieces while the writer is at one', () => {
    const { control } = openLog(0)
    control.steward.setNaming('writer', true)
    const waiting = awaitWriter(control)
    expect([waiting.next().done, waiting.next().done]).toEqual([false, false])
    control.steward.setNaming('writer', false)
    expect(waiting.next().done).toBe(true)
  })

  it('takes back what it did where the writer failed, and ends', () => {
    const { control } = openLog(0)
    control.steward.setNaming('writer', true)
    let undone = 0
    const waiting = awaitWriter(control, () => undone++)
    waiting.next()
    control.poison(failure)
    expect(() => waiting.next()).toThrow('a test')
    expect(undone).toBe(1)
  })
})

it('a retired name comes back where the writer could not sync the directory meanwhile', () => {
  const log = openLog(9)
  const before = log.disk.list('/wal').filter((name) => name.endsWith('.rwal'))
  const pieces = log.retirer.truncateBefore(9)
  log.control.steward.setNaming('writer', true)
  pieces.next()
  expect(log.disk.list('/wal')).not.toContain(before.sort()[0])
  log.control.poison(failure)
  expect(() => pieces.next()).toThrow('a test')
  expect(log.disk.list('/wal')).toContain(before[0])
  expect(log.control.state).toBe(STATE_POISONED)
})
