/** Every call fails once, everywhere: retiring ends with an error that has a code, or the log does; nothing is lost. */
import { describe, expect, it } from 'vitest'
import { STATE_CLOSED, STATE_POISONED } from '../../src/wal/control-layout.ts'
import type { LogHarness } from '../support/log-harness.ts'
import { payload, thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskCall, Operation } from '../support/simulated-disk-calls.ts'
import { crashStates, dropAll } from '../support/simulated-disk-crash.ts'
import { type Fault, PlannedFaults } from '../support/simulated-disk-faults.ts'
import { checkCrashState, type ModelRecord } from '../wal/log-model.ts'
import { openLog, RECORD_BYTES } from './retire-kit.ts'

interface Life {
  readonly log: LogHarness
  readonly records: readonly ModelRecord[]
  readonly cut: number
  readonly hits: number
  /** In what the call failed. */
  readonly struck: 'retiring' | 'making' | 'writing' | undefined
  readonly errors: readonly unknown[]
  readonly failedCall: DiskCall | undefined
}

function recordOf(lsn: number): ModelRecord {
  return { bytes: payload(RECORD_BYTES, lsn), type: lsn, continues: false }
}

/** Two rounds of retiring and beginning again, in which one call fails. */
function live(operation: Operation, at: number, fault: Fault): Life {
  const log = openLog(9, { spareSegments: 2 })
  const records = Array.from({ length: 9 }, (_, i) => recordOf(i + 1))
  const faults = new PlannedFaults({ operation, at, fault })
  log.disk.faults = faults
  const errors: unknown[] = []
  let cut = 1
  let struck: Life['struck']
  const act = (what: NonNullable<Life['struck']>, action: () => void): void => {
    const before = faults.hits
    const error = thrownBy(action)
    if (error !== undefined) errors.push(error)
    if (faults.hits > before) struck ??= what
  }
  for (let round = 0; round < 2; round++) {
    cut = log.durable + 1
    act('retiring', () => void log.truncateBefore(cut))
    for (let i = 0; i < 9; i++) {
      act('making', () => log.makeSpares())
      const record = recordOf(records.length + 1)
      if (thrownBy(() => log.appender.appendBytes(record.bytes, record)) === undefined) records.push(record)
      act('writing', () => log.flush())
    }
  }
  act('writing', () => {
    log.beginClosing()
    while (!log.writer.finished) log.step()
  })
  if (log.control.state === STATE_CLOSED) act('making', () => log.spares!.clear())
  log.disk.faults = undefined
  const failedCall = log.disk.calls.find((call) => call.failed !== undefined)
  return { log, records, cut, hits: faults.hits, struck, errors, failedCall }
}

function* sweep(operation: Operation, fault: Fault): Generator<Life> {
  for (let at = 1; ; at++) {
    const life = live(operation, at, fault)
    if (life.hits === 0) return
    yield life
  }
}

function checkLeft({ log, records, cut }: Life): void {
  const model = { records, durable: log.durable, cut }
  const after = (disk: SimulatedDisk): void => void checkCrashState(disk, model, 4)
  after(log.disk.processDeath())
  after(log.disk.crash(dropAll))
}

function isDirectorySync({ failedCall }: Life): boolean {
  return failedCall?.operation === 'syncDirectory'
}

const OPERATIONS: readonly Operation[] = [
  ...(['open', 'read', 'write', 'syncAll', 'syncDirectory', 'close', 'rename', 'link', 'remove'] as const),
  ...(['list', 'stat', 'statPath'] as const),
]

describe.each(OPERATIONS)('a failing %s, wherever it strikes', (operation) => {
  const faults: Fault[] = [{ errno: 'EIO' }, { errno: 'ENOSPC', applied: operation !== 'open' }]
  it.each(faults)('ends the retiring or the log in order, and loses nothing (%o)', (fault) => {
    const struck = new Set<Life['struck']>()
    for (const life of sweep(operation, fault)) {
      struck.add(life.struck)
      checkLeft(life)
      const { state } = life.log.control
      if (life.struck === 'writing') expect(state).toBe(STATE_POISONED)
      if (life.struck === 'making') expect(state).toBe(isDirectorySync(life) ? STATE_POISONED : STATE_CLOSED)
      if (life.struck !== 'retiring') continue
      expect(state).toBe(isDirectorySync(life) ? STATE_POISONED : STATE_CLOSED)
      const told = [...life.errors, ...life.log.warnings]
      const code = isDirectorySync(life) ? 'ERR_RINGWAL_POISONED' : 'ERR_RINGWAL_IO'
      expect(told[0]).toMatchObject({ code, operation: expect.any(String) })
    }
    expect(struck.size).toBeGreaterThan(0)
  })
})

describe('a segment whose retiring could not be made durable', () => {
  it('is put back, so that the next opening finds the log as it may be on the disk', () => {
    let lives = 0
    for (const life of sweep('syncDirectory', { errno: 'EIO' })) {
      if (life.struck !== 'retiring') continue
      lives++
      const { disk } = life.log
      const back = disk.calls.at(-1)!
      expect(back).toMatchObject({ operation: 'rename', to: expect.stringMatching(/\.rwal$/) })
      expect(disk.statPath(back.to!)).toBeDefined()
      expect(disk.statPath(back.path)).toBeUndefined()
    }
    expect(lives).toBeGreaterThan(2)
  })
})

describe('a name that was taken away though the call failed', () => {
  it('is gone durably before the next one is touched', () => {
    const log = openLog(14)
    log.disk.faults = new PlannedFaults({ operation: 'rename', at: 1, fault: { errno: 'EIO', applied: true } })
    expect(thrownBy(() => log.truncateBefore(15))).toMatchObject({ code: 'ERR_RINGWAL_IO', operation: 'rename' })
    const model = { records: Array.from({ length: 14 }, (_, i) => recordOf(i + 1)), durable: 14, cut: 15 }
    let states = 0
    log.disk.faults = {
      onCall: () => {
        for (const state of crashStates(log.disk, 16, 1)) states += checkCrashState(state, model, 1)
        return undefined
      },
    }
    expect(log.truncateBefore(15)).toMatchObject({ segments: 2, firstLsn: 13 })
    expect(states).toBeGreaterThan(20)
  })
})
