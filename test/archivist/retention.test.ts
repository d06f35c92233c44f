/** Local retention waits for the archive: what no backup has is not retired, however full the disk. */
import { rmSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { append, archiveStats, expectArchived, openArchived, places, until } from './live-log.ts'

it('what a failing archive is owed is kept, and retired when the archive has it', async () => {
  const where = places()
  writeFileSync(where.archive, 'in its place')
  const retention = { maxSegments: 3, everyMs: 50 }
  const wal = await openArchived(where, {}, { retention, onWarning: () => {} })
  for (let i = 0; i < 10; i++) await append(wal, 200)
  await until(wal, ({ failures }) => failures > 1)
  expect(wal.stats().segments).toBeGreaterThan(7)
  expect(wal.stats()).toMatchObject({ retiredSegments: 0, retentionHeldBy: 'archive' })
  rmSync(where.archive)
  await until(wal, ({ lastLsn }) => lastLsn === 2000)
  const deadline = performance.now() + 10_000
  while (wal.stats().segments - wal.stats().retiredSegments > 3 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50))
  expect(wal.stats().segments - wal.stats().retiredSegments).toBe(3)
  for (let i = 0; i < 10; i++) await append(wal, 200)
  await until(wal, ({ lastLsn }) => lastLsn === 4000)
  expect(archiveStats(wal).gaps).toBe(0)
  await wal.close()
  await expectArchived(where, 4000)
})

it('a log that writes faster than it is archived has no gap', async () => {
  const where = places()
  const retention = { maxSegments: 2, everyMs: 10 }
  const wal = await openArchived(where, { compress: true }, { retention, onWarning: () => {} })
  for (let i = 0; i < 20; i++) {
    await append(wal, 500)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  // Closing waits for the archive only so long.
  await until(wal, ({ lastLsn }) => lastLsn === 10_000 && wal.stats().retiredSegments > 3)
  await wal.close()
  expect(archiveStats(wal)).toMatchObject({ gaps: 0, lastLsn: 10_000, failures: 0 })
  await expectArchived(where, 10_000)
})
