/** A log restored to any record is what it was at that record. */
import { describe, expect, it } from 'vitest'
import type { ArchiveOptions } from '../../src/archive/archive-log.ts'
import { loadCatalog } from '../../src/archive/catalog.ts'
import { verifyArchive } from '../../src/archive/verify-archive.ts'
import { verifyOn } from '../repair/repair-kit.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { archiveOn, OUT, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { liveOf, type ModelledLog, stateOf } from './modelled-log.ts'

/** Ends of the archive after each run: LSNs. */
async function archivedLife(
  seed: number,
  steps: number,
): Promise<{ model: ModelledLog; lastLsn: number; runs: number }> {
  let lastLsn = 0
  let runs = 0
  const model = await liveOf(seed, steps, async ({ disk, log }, random) => {
    const options: ArchiveOptions = {
      compress: random.chance(0.5),
      full: random.chance(0.1),
      durableLsn: random.chance(0.5) ? log.durable : 0,
    }
    const report = await archiveOn(disk, options)
    expect(report.gap).toBeNull()
    expect(report.lastLsn).toBeLessThanOrEqual(log.durable)
    lastLsn = report.lastLsn
    runs++
  })
  return { model, lastLsn, runs }
}

describe('a log restored', () => {
  it.each([1, 2, 3])('to 75 random targets is what it was there, life %i', async (seed) => {
    const { model, lastLsn, runs } = await archivedLife(seed, 300)
    expect(runs).toBeGreaterThan(10)
    expect(await verifyArchive(targetOn(model.disk))).toMatchObject({ ok: true, leftovers: [] })
    // Most of the log is in the archive only.
    expect(verifyOn(model.disk, LOG_DIR).firstLsn).toBeGreaterThan(1)
    const random = new SeededRandom(seed)
    const { manifests } = await loadCatalog(targetOn(model.disk))
    for (let i = 0; i < 75; i++) {
      const lsn = random.between(1, lastLsn)
      const { time } = model.records[lsn - 1]!
      const exclusive = random.chance(0.3) && lsn > 1
      const { id, end } = random.pick(manifests)
      const [options, expected] = random.pick([
        [{ lsn, exclusive }, model.lastUpTo(exclusive ? lsn - 1 : lsn)],
        [{ timestamp: time, exclusive }, Math.min(lastLsn, model.lastUpToTime(exclusive ? time - 1n : time))],
        [{ backupId: id }, end.lsn],
      ] as const)
      const disk = model.disk.fork()
      if (expected === 0) {
        expect(await rejection(restoreOn(disk, options))).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
        continue
      }
      const { lastLsn: planned, cutsBatch } = await restoreOn(disk, { ...options, dryRun: true })
      const report = await restoreOn(disk, options)
      expect({ planned, cutsBatch }).toEqual({ planned: expected, cutsBatch: report.cutsBatch })
      expect(report).toMatchObject({ lastLsn: expected, reached: true, complete: true, validated: true, problems: [] })
      expect(stateOf(disk, OUT)).toEqual({ lastLsn: expected, state: model.stateAt(expected) })
      expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, lastLsn: expected, tornTail: null })
    }
  })
})
