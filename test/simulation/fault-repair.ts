/** A repair of which a call fails: the log keeps what it had, no half log stands anywhere, and a further repair works. */
import { RingwalError } from '../../src/errors.ts'
import { digestOf, OUT, repairOn, verifyOn } from '../repair/repair-kit.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { logOf, pathOf, recordIn } from '../support/log-images.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { require } from './fault-checks.ts'
import { type FaultKind, NthCall } from './fault-points.ts'

let damaged: SimulatedDisk | undefined

/** Six records, the third of which does not verify. */
function damagedLog(): SimulatedDisk {
  if (damaged === undefined) {
    damaged = logOf(6)
    damaged.flipBit(pathOf(1), recordIn(damaged, 1, 3).offset + 100, 1)
    damaged.sync()
  }
  return damaged.processDeath()
}

const CODES = ['ERR_RINGWAL_IO', 'ERR_RINGWAL_NOT_FOUND', 'ERR_RINGWAL_DAMAGED', 'ERR_RINGWAL_SEGMENTS']

/** @returns whether the call failed in it @throws if a rule was broken */
export async function repairWithFault(inPlace: boolean, kind: FaultKind, at: number): Promise<boolean> {
  const disk = damagedLog()
  const before = digestOf(disk, LOG_DIR)
  const faults = new NthCall(kind, at, () => {})
  disk.faults = faults
  const options = inPlace ? { inPlace: true } : {}
  const error = await errorOf(repairOn(disk, options))
  disk.faults = undefined
  const open = disk.openPaths()
  require(open.length === 0, `a repair keeps ${open}`)
  if (faults.struck.length === 0) require(error === undefined, `a repair fails without a fault: ${error}`, error)
  if (error !== undefined)
    require(error instanceof RingwalError && CODES.includes(error.code), `a repair throws ${error}`, error)
  if (!inPlace) require(digestOf(disk, LOG_DIR) === before, 'a repair into another directory changes the log')
  await requireWorks(disk, inPlace)
  return faults.struck.length > 0
}

/** On a disk that was mended the repair comes to its end, or has come to it. */
async function requireWorks(disk: SimulatedDisk, inPlace: boolean): Promise<void> {
  const next = disk.processDeath()
  const dir = inPlace ? LOG_DIR : OUT
  const isDone = next.statPath(dir) !== undefined && verifyOn(next, dir).ok
  if (isDone) return
  const again = await errorOf(repairOn(next, inPlace ? { inPlace: true } : {}))
  require(again === undefined, `a further repair fails: ${again}`, again)
  const { ok, records } = verifyOn(next, dir)
  require(ok && records === 5, `a repaired log has ${records} records, ${ok ? 'whole' : 'damaged'}`)
}

function errorOf(repair: Promise<unknown>): Promise<unknown> {
  return repair.then(
    () => undefined,
    (error: unknown) => error,
  )
}
