/** Rules R2 and R19: after the first failure nothing is written and no sync is tried again; what was durable stays. */
import { describe, expect, it } from 'vitest'
import { STATE_CLOSED, STATE_POISONED } from '../../src/wal/control.ts'
import { LogHarness } from '../support/log-harness.ts'
import { payload, thrownBy } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { LOOKS, type Operation } from '../support/simulated-disk-calls.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import type { Fault } from '../support/simulated-disk-faults.ts'
import { type FaultyLife, sweep } from './fault-sweep.ts'
import { checkCrashState } from './log-model.ts'

const EDQUOT = 122
const CHANGES: readonly Operation[] = [
  'open',
  'write',
  'syncData',
  'syncAll',
  'syncDirectory',
  'close',
  'truncate',
  'rename',
  'remove',
]

/** The same for every life, whoever was struck. */
function checkAfterwards(life: FaultyLife, seeds: readonly number[] = [4]): void {
  for (const seed of seeds) {
    for (const disk of [life.disk.processDeath(), life.disk.crash(dropAll)]) checkCrashState(disk, life, seed)
  }
}

function checkPoisoned({ log, failedCall, callsAfter, durable }: FaultyLife): void {
  expect(log!.control.state).toBe(STATE_POISONED)
  const touched = callsAfter.filter(({ path }) => path === failedCall!.path).map(({ operation }) => operation)
  expect(touched.filter((operation) => operation !== 'close')).toEqual([])
  const error = thrownBy(() => log!.appender.appendBytes(payload(1, 1)))
  const facts = {
    code: 'ERR_RINGWAL_POISONED',
    cause: 'ERR_RINGWAL_IO',
    durableLsn: durable,
    errno: expect.any(Number),
  }
  expect(error).toMatchObject({ ...facts, file: failedCall!.path, operation: expect.any(String) })
}

describe.each([...CHANGES, ...LOOKS])('a failing %s, wherever it strikes', (operation) => {
  // An open that fails has made no file: the applied kind is for calls that change what is there.
  const faults: Fault[] = [{ errno: 'EIO' }, { errno: 'ENOSPC', applied: operation !== 'open' }]
  it.each(faults)('loses nothing that was durable (%o)', (fault) => {
    let lives = 0
    for (const life of sweep(operation, fault)) {
      lives++
      if (life.struck === 'writer') checkPoisoned(life)
      if (life.struck === 'steward') expect(life.log!.control.state).toBe(STATE_CLOSED)
      // A read that fails once is tried again, with the bytes held against their checks.
      const mayOpen = operation === 'read' && life.openingError === undefined
      if (life.struck === 'opening' && !mayOpen)
        expect(['ERR_RINGWAL_IO', 'ERR_RINGWAL_DAMAGED']).toContain(codeOf(life.openingError))
      checkAfterwards(life, [4, 8])
    }
    expect(lives).toBeGreaterThan(0)
  })
})

describe.each(['write', 'syncData', 'syncAll', 'syncDirectory', 'close'] as const)(
  '%s that fails for ever',
  (operation) => {
    it('stops the log at its first failure', () => {
      for (const life of sweep(operation, { errno: 'EIO' }, true)) {
        if (life.struck === 'writer') expect(life.log!.control.state).toBe(STATE_POISONED)
        checkAfterwards(life)
      }
    })
  },
)

describe.each(['EINTR', 'EAGAIN', 'EROFS', 'EFBIG', 'EMFILE', 'ESTALE', 'EPERM', 'EACCES', EDQUOT, 9999])(
  'errno %s',
  (errno) => {
    it.each(['write', 'syncData'] as const)('from %s poisons the log like any other', (operation) => {
      for (const life of sweep(operation, { errno })) {
        if (life.struck === 'writer') checkPoisoned(life)
        checkAfterwards(life)
      }
    })
  },
)

describe('a write that stops half way', () => {
  it.each([1, 39, 512, 700])('after %i bytes has no byte written behind it', (progress) => {
    for (const life of sweep('write', { errno: 'ENOSPC', progress })) {
      if (life.struck === 'writer') checkPoisoned(life)
      checkAfterwards(life)
    }
  })
})

describe('who waits for durability', () => {
  it('is told ERR_RINGWAL_POISONED, but for what was durable before', async () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'never' })
    const early = log.appender.durable(log.appender.appendBytes(payload(9, 1)))
    log.flush()
    const late = [2, 3].map((stamp) => log.appender.durable(log.appender.appendBytes(payload(9, stamp))))
    const flush = log.appender.flush()
    disk.faults = { onCall: (operation) => (operation === 'syncData' ? { errno: 'EIO' } : undefined) }
    log.settle()
    await early
    const facts = { code: 'ERR_RINGWAL_POISONED', errnoName: 'EIO', operation: 'fdatasync', durableLsn: 1 }
    for (const promise of [...late, flush]) await expect(promise).rejects.toMatchObject(facts)
    await expect(log.appender.durable(1)).resolves.toBeUndefined()
    expect(() => log.appender.waitDurable(2, 1000)).toThrow(expect.objectContaining(facts))
    const syncs = disk.calls.filter((call) => call.operation === 'syncData').length
    for (let i = 0; i < 5; i++) log.pass(1000)
    expect(disk.calls.filter((call) => call.operation === 'syncData')).toHaveLength(syncs)
  })
})

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code
}
