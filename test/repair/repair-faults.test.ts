import { describe, expect, it } from 'vitest'
import { repair } from '../../src/repair/repair-log.ts'
import { planOptions } from '../../src/repair/repair-options.ts'
import { ioError } from '../../src/storage/io-error.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { logOf, pathOf, recordIn } from '../support/log-images.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import type { Operation } from '../support/simulated-disk-calls.ts'
import { crashStates } from '../support/simulated-disk-crash.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { digestOf, filesIn, OUT, recordsIn, repairOn, repairPorts, verifyOn } from './repair-kit.ts'

const OPERATIONS: readonly Operation[] = [
  ...(['open', 'close', 'write', 'syncAll', 'syncDirectory', 'rename', 'makeDirectory', 'list', 'statPath'] as const),
]

function damagedLog(): SimulatedDisk {
  const disk = logOf(6)
  disk.flipBit(pathOf(1), recordIn(disk, 1, 3).offset + 100, 1)
  disk.sync()
  return disk
}

describe('a repair of which a call fails', () => {
  it.each(OPERATIONS)('%s leaves no half log behind, and the log as it was', async (operation) => {
    const whole = damagedLog()
    const before = digestOf(whole, LOG_DIR)
    for (let at = 1; ; at++) {
      const disk = whole.processDeath()
      const faults = new PlannedFaults({ operation, at, fault: { errno: at % 2 === 0 ? 'EIO' : 'ENOSPC' } })
      disk.faults = faults
      const error = await repairOn(disk).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      disk.faults = undefined
      expect(digestOf(disk, LOG_DIR), `call ${at}`).toBe(before)
      expect(disk.openPaths(), `call ${at}`).toEqual([])
      if (faults.hits === 0) {
        expect(error).toBeUndefined()
        expect(at).toBeGreaterThan(1)
        return
      }
      if (error === undefined) expect(verifyOn(disk, OUT), `call ${at}`).toMatchObject({ ok: true })
      else expect(error, `call ${at}`).toMatchObject({ code: expect.stringMatching(/^ERR_RINGWAL_(IO|NOT_FOUND)$/) })
      // A directory sync that fails behind the rename is the one after which the log stands there all the same.
      const isThere = disk.statPath(OUT) !== undefined
      expect(disk.list('/').sort(), `call ${at}`).toEqual(isThere ? ['out', 'wal'] : ['wal'])
      if (isThere) expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 5 })
    }
  })

  it('for want of space leaves nothing behind', async () => {
    const full = damagedLog()
    const taken = [...filesIn(full, LOG_DIR).values()].reduce(
      (sum, { length }) => sum + Math.ceil(length / 512) * 512,
      0,
    )
    for (const free of [0, 512, 4096, 12_000]) {
      const disk = new SimulatedDisk({ capacityBytes: taken + free })
      for (const [name, bytes] of filesIn(full, LOG_DIR)) disk.writeFile(`${LOG_DIR}/${name}`, bytes)
      await expect(repairOn(disk)).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ENOSPC' })
      expect(disk.list('/')).toEqual(['wal'])
    }
  })
})

describe('a repair that is killed', () => {
  it('leaves nothing that looks like a log, and never a log that is not whole', async () => {
    const disk = damagedLog()
    let states = 0
    disk.faults = {
      onCall() {
        for (const state of crashStates(disk, 6, states)) {
          states++
          if (state.statPath(OUT) === undefined) continue
          expect(verifyOn(state, OUT)).toMatchObject({ ok: true, records: 5 })
        }
        return undefined
      },
    }
    await repairOn(disk)
    expect(states).toBeGreaterThan(100)
  })
})

describe('parts of the log that can not be read', () => {
  it('for want of a right are no damage: the repair does not run', async () => {
    const disk = damagedLog()
    const when = ({ operation, path }: { operation: string; path: string }): boolean =>
      operation === 'open' && path === pathOf(2)
    disk.faults = new PlannedFaults({ when, at: 1, forever: true, fault: { errno: 'EACCES' } })
    await expect(repairOn(disk)).rejects.toMatchObject({ errnoName: 'EACCES', file: pathOf(2) })
    expect(disk.list('/')).toEqual(['wal'])
  })

  it('from their first byte on cost a segment', async () => {
    const disk = logOf(14)
    const when = ({ operation, path }: { operation: string; path: string }): boolean =>
      operation === 'read' && path === pathOf(2)
    disk.faults = new PlannedFaults({ when, at: 1, forever: true, fault: { errno: 'EIO' } })
    const report = await repairOn(disk)
    expect(report).toMatchObject({ recordsKept: 10, recordsLost: 4, lostMayBeMore: false })
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, segments: 3 })
  })

  it('are lost, and the rest is kept', async () => {
    const disk = logOf(14)
    const { offset } = recordIn(disk, 2, 6)
    const bad = offset + 500 - ((offset + 500) % 4096)
    disk.faults = {
      onCall: (operation, _, { path, offset: at = 0, length = 0 }) => {
        const isHit = operation === 'read' && path === pathOf(2) && at < bad + 4096 && at + length > bad
        return isHit ? { errno: 'EIO' } : undefined
      },
    }
    const before = verifyOn(disk, LOG_DIR)
    expect(before.damage).toMatchObject([{ class: 'unreadable' }])
    const report = await repairOn(disk)
    expect(report.lost.every((range) => range.class === 'unreadable' && range.acknowledged)).toBe(true)
    expect(report.recordsKept).toBe(before.records)
    const records = recordsIn(disk, LOG_DIR)
    disk.faults = undefined
    expect(recordsIn(disk, OUT)).toEqual(records)
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true })
  })
})

describe('where the log is and where the repaired one goes', () => {
  it('links are refused', async () => {
    const disk = damagedLog()
    disk.makeLink('/link', LOG_DIR)
    await expect(repairOn(disk, { output: OUT }, '/link')).rejects.toMatchObject({ errnoName: 'ELOOP' })
    await expect(repairOn(disk, { dryRun: true }, '/link')).rejects.toMatchObject({ errnoName: 'ELOOP' })
    disk.makeDirectory('/empty')
    disk.makeLink('/out-link', '/empty')
    await expect(repairOn(disk, { output: '/out-link' })).rejects.toMatchObject({ errnoName: 'ELOOP' })
    expect(disk.list('/empty')).toEqual([])
  })

  it('an empty directory is taken, and one with anything in it is not', async () => {
    const disk = damagedLog()
    disk.makeDirectory('/empty')
    await repairOn(disk, { output: '/empty' })
    expect(verifyOn(disk, '/empty')).toMatchObject({ ok: true })
    disk.writeFile('/used/x', new Uint8Array(1))
    await expect(repairOn(disk, { output: '/used' })).rejects.toMatchObject({ errnoName: 'ENOTEMPTY' })
    await expect(repairOn(disk, { output: '/used/x' })).rejects.toMatchObject({ errnoName: 'EEXIST' })
    await expect(repairOn(disk, { output: '/no/where' })).rejects.toMatchObject({ errnoName: 'ENOENT' })
    expect(filesIn(disk, '/used')).toEqual(new Map([['x', new Uint8Array(1)]]))
  })

  it('the log itself, and what is in it, is no output', async () => {
    const disk = damagedLog()
    for (const output of [LOG_DIR, `${LOG_DIR}/repaired`])
      await expect(repairOn(disk, { output })).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION', option: 'output' })
  })

  it('a file is no log, and nothing is none', async () => {
    const disk = damagedLog()
    const hint = expect.stringContaining('ringwal salvage')
    await expect(repairOn(disk, { output: OUT }, pathOf(1))).rejects.toMatchObject({
      errnoName: 'ENOTDIR',
      message: hint,
    })
    await expect(repairOn(disk, { output: OUT }, '/none')).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  })
})

describe('the lock', () => {
  it('is held for as long as the repair runs', async () => {
    const ports = repairPorts(damagedLog())
    await repair(ports, LOG_DIR, planOptions({ output: OUT }))
    expect(ports.calls).toEqual([`lock ${LOG_DIR}`, 'release'])
    await expect(repair(ports, LOG_DIR, planOptions({ output: '/o', dropSegments: [9] }))).rejects.toThrow()
    expect(ports.calls.slice(2)).toEqual([`lock ${LOG_DIR}`, 'release'])
  })

  it('is only looked at in a dry run', async () => {
    const ports = repairPorts(damagedLog())
    await repair(ports, LOG_DIR, planOptions({ dryRun: true }))
    expect(ports.calls).toEqual([`look ${LOG_DIR}`])
    const held = repair({ ...ports, lockHeld: () => 'it is alive' }, LOG_DIR, planOptions({ dryRun: true }))
    await expect(held).rejects.toMatchObject({
      code: 'ERR_RINGWAL_LOCKED',
      message: expect.stringContaining('Stop the writer'),
    })
  })

  it('on a read-only file system is done without, and the report says so', async () => {
    const disk = damagedLog()
    const ports = { ...repairPorts(disk), lock: () => Promise.reject(ioError('open', `${LOG_DIR}/LOCK`, 30)) }
    const report = await repair(ports, LOG_DIR, planOptions({ output: OUT }))
    expect(report.notes).toEqual([expect.stringContaining('the lock could not be taken')])
    const held = { ...ports, lockHeld: () => 'it is alive' }
    await expect(repair(held, LOG_DIR, planOptions({ output: '/o' }))).rejects.toMatchObject({
      code: 'ERR_RINGWAL_LOCKED',
    })
    await expect(repair(ports, LOG_DIR, planOptions({ inPlace: true }))).rejects.toMatchObject({ errnoName: 'EROFS' })
  })
})
