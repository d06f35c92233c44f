/** An open log with an archive, and what the archive makes of it. */
import { join } from 'node:path'
import { expect } from 'vitest'
import { directoryTarget, restoreLog, verifyArchive } from '../../src/archive/index.ts'
import { type ArchiveStats, readWal, Wal, type WalArchiveOptions, type WalOptions } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

export interface Places {
  readonly dir: string
  readonly archive: string
  readonly home: string
}

export function places(): Places {
  const home = temporaryDirectory()
  return { home, dir: join(home, 'wal'), archive: join(home, 'archive') }
}

export function openArchived(
  { dir, archive }: Places,
  options: Partial<WalArchiveOptions> = {},
  more: Partial<WalOptions> = {},
): Promise<Wal> {
  return Wal.open({ dir, segmentBytes: 1 << 16, archive: { target: archive, everyMs: 200, ...options }, ...more })
}

/** Appends records of some 250 bytes, and makes them durable. @returns the last LSN */
export async function append(wal: Wal, count: number): Promise<number> {
  for (let i = 0; i < count; i++) wal.append({ n: wal.lastLsn + 1, text: 'x'.repeat(220) })
  await wal.flush()
  return wal.lastLsn
}

export function archiveStats(wal: Wal): ArchiveStats {
  const { archive } = wal.stats()
  if (archive === null) throw new Error('the log has no archive')
  return archive
}

/** Waits, 20 s at most, until the archive's statistics are such. */
export async function until(wal: Wal, isSo: (stats: ArchiveStats) => boolean): Promise<ArchiveStats> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const stats = archiveStats(wal)
    if (isSo(stats)) return stats
    if (performance.now() > deadline) throw new Error(`the archive does not come to it: ${JSON.stringify(stats)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Asserts that an archive verifies, and gives back every record up to an LSN. */
export async function expectArchived({ archive, home }: Places, lastLsn: number): Promise<void> {
  const target = directoryTarget(archive)
  expect(await verifyArchive(target)).toMatchObject({ ok: true })
  const output = join(home, `restored-${lastLsn}-${Math.random()}`)
  expect(await restoreLog(target, { output })).toMatchObject({ firstLsn: 1, lastLsn, reached: true, complete: true })
  let next = 1
  for await (const { lsn, value } of readWal(output)) {
    expect(lsn).toBe(next)
    expect((value as { n: number }).n).toBe(next++)
  }
  expect(next).toBe(lastLsn + 1)
}
