/** A repair in place of which one call fails: the log is where it was, or both are whole beside its place. */
import { describe, expect, it } from 'vitest'
import { findInterruptedRepair } from '../../src/storage/interrupted-repair.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { logOf, pathOf, recordIn } from '../support/log-images.ts'
import { readLsns } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { Operation } from '../support/simulated-disk-calls.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { digestOf, repairOn } from './repair-kit.ts'

const NAME = LOG_DIR.slice(1)
const STAMP = '20261121T120000.000Z'
const BROKEN = `${LOG_DIR}.broken-${STAMP}`
const LEFT = [1, 2, 4, 5, 6]
const OPERATIONS: readonly Operation[] = ['open', 'close', 'write', 'syncAll', 'syncDirectory', 'rename', 'statPath']

function damagedLog(): SimulatedDisk {
  const disk = logOf(6)
  disk.flipBit(pathOf(1), recordIn(disk, 1, 3).offset + 100, 1)
  disk.sync()
  return disk
}

/** What is left behind it: `old` alone, `interrupted`, or `new` with the originals beside it. */
function whatIsLeft(disk: SimulatedDisk, before: string): 'old' | 'interrupted' | 'new' {
  const interrupted = findInterruptedRepair(disk, LOG_DIR)
  const isMoved = disk.statPath(BROKEN) !== undefined
  expect(digestOf(disk, isMoved ? BROKEN : LOG_DIR)).toBe(before)
  if (interrupted !== undefined) return 'interrupted'
  expect(disk.list('/').sort()).toEqual(isMoved ? [NAME, BROKEN.slice(1)] : [NAME])
  return isMoved ? 'new' : 'old'
}

describe.each(OPERATIONS)('a %s that fails', (operation) => {
  it.each([false, true])('takes nothing away, also if it took effect: %s', async (applied) => {
    const whole = damagedLog()
    const before = digestOf(whole, LOG_DIR)
    const seen = new Set<string>()
    for (let at = 1; ; at++) {
      const disk = whole.processDeath()
      const faults = new PlannedFaults({ operation, at, fault: { errno: 'EIO', applied } })
      disk.faults = faults
      const error = await repairOn(disk, { inPlace: true }).catch((thrown: unknown) => thrown)
      disk.faults = undefined
      const left = whatIsLeft(disk, before)
      if (faults.hits === 0) break
      seen.add(left)
      if (left === 'interrupted') {
        expect(error, `call ${at}`).toMatchObject({ code: 'ERR_RINGWAL_IO', originals: BROKEN })
        await repairOn(disk, { inPlace: true })
        expect(whatIsLeft(disk, before)).toBe('new')
      }
      if (left !== 'old') expect(readLsns(disk)).toEqual(LEFT)
    }
    if (operation === 'rename')
      expect([...seen].sort()).toEqual(applied ? ['interrupted', 'new'] : ['interrupted', 'old'])
    else expect(seen).toContain('old')
  })
})
