import { describe, expect, it } from 'vitest'
import { repair } from '../../src/repair/repair-log.ts'
import { planOptions } from '../../src/repair/repair-options.ts'
import { findInterruptedRepair } from '../../src/storage/interrupted-repair.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { logOf, pathOf, recordIn } from '../support/log-images.ts'
import { readEntries } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { crashStates } from '../support/simulated-disk-crash.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { digestOf, filesIn, recordsIn, repairOn, repairPorts, segmentsIn, verifyOn } from './repair-kit.ts'

const STAMP = '20261121T120000.000Z'
const BROKEN = `${LOG_DIR}.broken-${STAMP}`
const REPAIRING = `${LOG_DIR}.repairing-${STAMP}`

/** Six records, of which the third is lost. */
function damagedLog(): SimulatedDisk {
  const disk = logOf(6)
  disk.flipBit(pathOf(1), recordIn(disk, 1, 3).offset + 100, 1)
  disk.sync()
  return disk
}

const LEFT = [1, 2, 4, 5, 6]

function lsnsIn(disk: SimulatedDisk, dir: string): number[] {
  return readEntries(disk, {}, dir).map(({ lsn }) => lsn)
}

describe('a repair in place', () => {
  it('moves the log away, whole, and puts the repaired one there', async () => {
    const disk = damagedLog()
    disk.writeFile(`${LOG_DIR}/checkpoint.json`, new Uint8Array(3))
    const before = filesIn(disk, LOG_DIR)
    const report = await repairOn(disk, { inPlace: true })
    expect(report).toMatchObject({ output: LOG_DIR, originals: BROKEN, recordsKept: 5, recordsLost: 1 })
    expect(report.notes).toEqual(['Files that are no segments were not copied: checkpoint.json.'])
    expect(filesIn(disk, BROKEN)).toEqual(before)
    expect(disk.list('/').sort()).toEqual([LOG_DIR, BROKEN].map((path) => path.slice(1)))
    expect(lsnsIn(disk, LOG_DIR)).toEqual(LEFT)
    expect(verifyOn(disk, LOG_DIR)).toMatchObject({ ok: true })
  })

  it('can be done again, and changes nothing then', async () => {
    const disk = damagedLog()
    await repairOn(disk, { inPlace: true })
    const repaired = segmentsIn(disk, LOG_DIR)
    const again = await repairOn(disk, { inPlace: true })
    expect(again).toMatchObject({ clean: true, originals: `${LOG_DIR}.broken-20261121T120000.001Z` })
    expect(segmentsIn(disk, LOG_DIR)).toEqual(repaired)
  })

  it('holds the lock of the directory that it moved', async () => {
    const disk = damagedLog()
    const ports = repairPorts(disk)
    await repair(ports, LOG_DIR, planOptions({ inPlace: true }))
    expect(ports.calls).toEqual([`lock ${LOG_DIR}`, `moved to ${BROKEN}`, 'release'])
  })

  it('is refused where nothing can be made beside the log, and names the way out', async () => {
    for (const errno of ['EACCES', 'EROFS', 'EPERM']) {
      const disk = damagedLog()
      disk.faults = new PlannedFaults({ operation: 'makeDirectory', at: 1, fault: { errno } })
      const refused = repairOn(disk, { inPlace: true })
      await expect(refused).rejects.toMatchObject({
        code: 'ERR_RINGWAL_IO',
        message: expect.stringContaining('--output'),
      })
      expect(disk.list('/')).toEqual(['wal'])
    }
  })

  it('is refused for a mount point', async () => {
    const disk = damagedLog()
    const other = { ...disk.statPath(LOG_DIR)!, identity: 'other:1' }
    const ports = repairPorts(disk)
    const fs = new Proxy(disk, {
      get: (target, name) =>
        name === 'statPath'
          ? (path: string) => (path === LOG_DIR ? other : target.statPath(path))
          : Reflect.get(target, name).bind?.(target),
    })
    const refused = repair({ ...ports, fs }, LOG_DIR, planOptions({ inPlace: true }))
    await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(/mount point.*--output/) })
  })

  it('leaves the log where it is if it can not be renamed', async () => {
    const disk = damagedLog()
    const before = filesIn(disk, LOG_DIR)
    disk.faults = new PlannedFaults({ operation: 'rename', at: 1, fault: { errno: 'EBUSY' } })
    await expect(repairOn(disk, { inPlace: true })).rejects.toMatchObject({
      message: expect.stringContaining('--output'),
    })
    expect(disk.list('/')).toEqual(['wal'])
    expect(filesIn(disk, LOG_DIR)).toEqual(before)
  })
})

describe('a repair in place that is cut short', () => {
  it('leaves the old log, the new one, or both beside the place, whatever survives of it', async () => {
    const disk = damagedLog()
    const before = digestOf(disk, LOG_DIR)
    const seen = new Set<string>()
    let states = 0
    disk.faults = {
      onCall() {
        for (const state of crashStates(disk, 8, states)) {
          seen.add(judge(state, before))
          states++
        }
        return undefined
      },
    }
    await repairOn(disk, { inPlace: true })
    expect([...seen].sort()).toEqual(['interrupted', 'new', 'old'])
    expect(states).toBeGreaterThan(200)
  })

  function judge(state: SimulatedDisk, before: string): string {
    const interrupted = findInterruptedRepair(state, LOG_DIR)
    if (interrupted !== undefined) {
      expect(interrupted).toEqual({ repaired: REPAIRING, originals: BROKEN })
      expect(lsnsIn(state, REPAIRING)).toEqual(LEFT)
      expect(digestOf(state, BROKEN)).toBe(before)
      return 'interrupted'
    }
    const isNew = state.statPath(BROKEN) !== undefined
    expect(digestOf(state, isNew ? BROKEN : LOG_DIR)).toBe(before)
    if (isNew) expect(lsnsIn(state, LOG_DIR)).toEqual(LEFT)
    return isNew ? 'new' : 'old'
  }

  it('is finished by the next one', async () => {
    const disk = damagedLog()
    disk.faults = new PlannedFaults({ operation: 'rename', at: 2, fault: { errno: 'EIO' } })
    const error = repairOn(disk, { inPlace: true })
    await expect(error).rejects.toMatchObject({
      repaired: REPAIRING,
      originals: BROKEN,
      message: expect.stringContaining(BROKEN),
    })
    disk.faults = undefined
    expect(disk.statPath(LOG_DIR)).toBeUndefined()
    const hint = expect.stringContaining('--in-place')
    await expect(repairOn(disk)).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND', message: hint })
    const report = await repairOn(disk, { inPlace: true })
    expect(report).toMatchObject({ output: LOG_DIR, originals: BROKEN, recordsKept: 5, recordsLost: 1 })
    expect(disk.list('/').sort()).toEqual([LOG_DIR, BROKEN].map((path) => path.slice(1)))
    expect(lsnsIn(disk, LOG_DIR)).toEqual(LEFT)
    expect(recordsIn(disk, BROKEN).length).toBe(LEFT.length)
  })

  it('and a log that somebody made there meanwhile are told apart', async () => {
    const disk = damagedLog()
    disk.faults = new PlannedFaults({ operation: 'rename', at: 2, fault: { errno: 'ENOTEMPTY' } })
    await expect(repairOn(disk, { inPlace: true })).rejects.toThrow()
    disk.faults = undefined
    disk.writeFile(pathOf(1), new Uint8Array(4096))
    expect(findInterruptedRepair(disk, LOG_DIR)).toBeUndefined()
    expect(lsnsIn(disk, REPAIRING)).toEqual(LEFT)
  })
})

describe('a missing log', () => {
  it('is no interrupted repair where only one of the two directories is there, or something else has the name', () => {
    const disk = logOf(1)
    const dir = '/other'
    expect(findInterruptedRepair(disk, dir)).toBeUndefined()
    disk.makeDirectory(`${dir}.repairing-${STAMP}`)
    expect(findInterruptedRepair(disk, dir)).toBeUndefined()
    disk.writeFile(`${dir}.broken-${STAMP}`, new Uint8Array(0))
    expect(findInterruptedRepair(disk, dir)).toBeUndefined()
    disk.makeDirectory(`${dir}.repairing-later`)
    disk.makeDirectory(`${dir}.broken-later`)
    expect(findInterruptedRepair(disk, dir)).toBeUndefined()
    expect(findInterruptedRepair(disk, '/no/where')).toBeUndefined()
  })
})
