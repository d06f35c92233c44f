/** A power cut, or a failing call, at any moment of a backup or a restore: nothing that was there is lost. */
import { describe, expect, it } from 'vitest'
import { verifyArchive } from '../../src/archive/verify-archive.ts'
import { verifyOn } from '../repair/repair-kit.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { Operation } from '../support/simulated-disk-calls.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { archiveOn, OUT, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { cutsOf } from './cuts-of.ts'
import { ModelledLog, stateOf } from './modelled-log.ts'

/** A log with two backups, and what a third is to store. */
async function readyToArchive(): Promise<ModelledLog> {
  const model = new ModelledLog(11)
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 12; i++) model.append()
    model.checkpoint()
    if (round < 2) await archiveOn(model.disk, { durableLsn: model.log.durable })
  }
  return model
}

describe('a backup', () => {
  it('that a power cut ends leaves an archive that verifies, and the next one goes on', async () => {
    const model = await readyToArchive()
    const durable = model.log.durable
    const before = (await restoreOn(model.disk.fork())).lastLsn!
    expect(before).toBeLessThan(durable)
    const states = await cutsOf(model.disk, () => archiveOn(model.disk, { durableLsn: durable }))
    expect(states.length).toBeGreaterThan(60)
    for (const state of states) {
      const { ok } = await verifyArchive(targetOn(state))
      expect(ok).toBe(true)
      const { lastLsn } = await restoreOn(state.fork())
      expect([before, durable]).toContain(lastLsn)
      await archiveOn(state, { durableLsn: durable })
      await restoreOn(state)
      expect(stateOf(state, OUT)).toEqual({ lastLsn: durable, state: model.stateAt(durable) })
    }
  })

  it('of which any call fails stores nothing that does not verify, and can be made again', async () => {
    const model = await readyToArchive()
    const durable = model.log.durable
    let hits = 0
    for (const operation of ['open', 'write', 'read', 'syncAll', 'close', 'link', 'syncDirectory'] as Operation[]) {
      for (let at = 1; ; at++) {
        const disk = model.disk.fork()
        const faults = new PlannedFaults({ operation, at, fault: { errno: 'EIO', progress: 3 } })
        disk.faults = faults
        const error = await rejection(archiveOn(disk, { durableLsn: durable }))
        disk.faults = undefined
        if (faults.hits === 0) break
        hits++
        // Of a checkpoint that can not be read it is told, and the log is archived all the same.
        if (error !== undefined) expect(error).toHaveProperty('code')
        expect(await verifyArchive(targetOn(disk))).toMatchObject({ ok: true })
        await archiveOn(disk, { durableLsn: durable })
        expect(await restoreOn(disk)).toMatchObject({ lastLsn: durable })
      }
    }
    expect(hits).toBeGreaterThan(30)
  })
})

describe('a restore', () => {
  /** An archive of a whole log, and in the output an older one. */
  async function readyToRestore(): Promise<ModelledLog> {
    const model = await readyToArchive()
    await archiveOn(model.disk, { durableLsn: model.log.durable })
    return model
  }

  /** What a reader gets, wherever it stands; undefined if there is nothing. */
  function stateIn(disk: SimulatedDisk, dir: string): number | undefined {
    if (disk.statPath(dir) === undefined) return undefined
    return stateOf(disk, dir).lastLsn
  }

  it('that a power cut ends leaves the old log or the new one, or both beside it', async () => {
    const model = await readyToRestore()
    const { disk } = model
    const last = model.log.durable
    const states = await cutsOf(disk, () => restoreOn(disk, { output: LOG_DIR, lsn: 20 }))
    const kinds = new Set<string>()
    for (const state of states) {
      expect((await verifyArchive(targetOn(state))).ok).toBe(true)
      const now = stateIn(state, LOG_DIR)
      if (now === undefined) {
        const beside = state.list('/').filter((name) => name.startsWith('wal.'))
        expect(beside.map((name) => name.split('-')[0]).sort()).toEqual(['wal.broken', 'wal.repairing'])
        expect(beside.sort().map((name) => stateIn(state, `/${name}`))).toEqual([last, model.lastUpTo(20)])
        kinds.add('between')
      } else {
        expect([last, model.lastUpTo(20)]).toContain(now)
        kinds.add(now === last ? 'old' : 'new')
        const originals = state.list('/').find((name) => name.startsWith('wal.broken'))
        if (now !== last) expect(stateIn(state, `/${originals}`)).toBe(last)
        expect(verifyOn(state, LOG_DIR).ok).toBe(true)
      }
      expect(await restoreOn(state, { output: LOG_DIR })).toMatchObject({ lastLsn: last, reached: true })
      expect(stateOf(state, LOG_DIR)).toEqual({ lastLsn: last, state: model.stateAt(last) })
    }
    expect(states.length).toBeGreaterThan(60)
    expect([...kinds].sort()).toEqual(['between', 'new', 'old'])
  })

  it('of which any call fails leaves the old log, or tells where both are', async () => {
    const model = await readyToRestore()
    const last = model.log.durable
    let hits = 0
    for (const operation of ['open', 'write', 'syncAll', 'rename', 'syncDirectory', 'truncate'] as Operation[]) {
      for (let at = 1; ; at++) {
        const disk = model.disk.fork()
        const faults = new PlannedFaults({ operation, at, fault: { errno: 'ENOSPC', progress: 3 } })
        disk.faults = faults
        const error = await rejection(restoreOn(disk, { output: LOG_DIR, lsn: 20 }))
        disk.faults = undefined
        if (faults.hits === 0) break
        hits++
        const originals = disk.list('/').find((name) => name.startsWith('wal.broken'))
        if (error === undefined) expect(stateIn(disk, LOG_DIR)).toBe(model.lastUpTo(20))
        else if (originals === undefined) expect(stateIn(disk, LOG_DIR)).toBe(last)
        else expect(error).toMatchObject({ file: LOG_DIR, originals: `/${originals}` })
      }
    }
    expect(hits).toBeGreaterThan(15)
  })
})
