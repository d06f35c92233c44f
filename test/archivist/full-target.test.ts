/** A target whose disk is full: the log goes on, and the archive with it when there is room again. */
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { diskFor } from '../kernel/disk-log.ts'
import { append, archiveStats, expectArchived, openArchived, places, until } from './live-log.ts'

it('a full disk of the archive costs nothing but time', async (ctx) => {
  const disk = diskFor(ctx, { kind: 'ext4', bytes: 8 << 20 })
  // Root may use what is set apart for root, too.
  const { bfree, bsize } = statfsSync(disk.mountPoint)
  const filler = join(disk.mountPoint, 'filler')
  writeFileSync(filler, new Uint8Array(bfree * bsize - 200_000))
  const where = { ...places(), archive: join(disk.mountPoint, 'archive') }
  const wal = await openArchived(where, {}, { onWarning: () => {} })
  for (let i = 0; i < 5; i++) await append(wal, 300)
  const { lastError } = await until(wal, ({ failures }) => failures > 1)
  expect(lastError?.message).toContain('ENOSPC')
  expect(wal.stats().state).toBe('open')
  rmSync(filler)
  await until(wal, ({ lastLsn }) => lastLsn === 1500)
  expect(archiveStats(wal)).toMatchObject({ lastError: null, gaps: 0 })
  await wal.close()
  await expectArchived(where, 1500)
})
