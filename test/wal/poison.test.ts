/** Rules R2 and R19: after the first failure nothing is written and no sync is tried again; what was durable stays. */
import { describe, expect, it } from 'vitest'
import { STATE_CLOSED, STATE_POISONED } from '../../src/wal/control-layout.ts'
import { payload, thrownBy } from '../support/log-records.ts'
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
      // A failed sync of the directory may have taken the writer's newest name with it, but not behind a clean close.
      const ends = operation === 'syncDirectory' ? [STATE_CLOSED, STATE_POISONED] : [STATE_CLOSED]
      if (life.struck === 'steward') expect(ends).toContain(life.log!.control.state)
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

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code
}
