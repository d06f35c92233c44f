/** Archiving beside a writer that writes on, and retires what is archived. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { archiveLog, directoryTarget, restoreLog, verifyArchive } from '../../src/archive/index.ts'
import { readWal, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

it.each([true, false])(
  'an archive beside a live writer has every record once, told what is durable: %s',
  async (isTold) => {
    const home = temporaryDirectory()
    const [dir, output] = [join(home, 'wal'), join(home, 'out')]
    const target = directoryTarget(join(home, 'archive'))
    const wal = await Wal.open({ dir, segmentBytes: 1 << 16, sync: { policy: 'interval', everyMs: 2 } })
    let isOver = false
    const writing = (async () => {
      while (!isOver) {
        for (let i = 0; i < 20; i++) wal.append({ n: wal.lastLsn + 1, text: 'x'.repeat(wal.lastLsn % 500) })
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    let archivedTo = 0
    let stored = 0
    for (let run = 0; run < 12; run++) {
      await new Promise((resolve) => setTimeout(resolve, 40))
      const report = await archiveLog(dir, target, isTold ? { durableLsn: wal.durableLsn } : {})
      expect(report.gap).toBeNull()
      expect(report.lastLsn).toBeGreaterThanOrEqual(archivedTo)
      archivedTo = report.lastLsn
      stored += report.backups.length
      await wal.truncateBefore(archivedTo + 1)
    }
    isOver = true
    await writing
    await wal.close()
    await archiveLog(dir, target)
    expect(stored).toBeGreaterThan(6)
    expect(await verifyArchive(target)).toMatchObject({ ok: true, leftovers: [] })
    const last = wal.lastLsn
    expect(await restoreLog(target, { output })).toMatchObject({
      firstLsn: 1,
      lastLsn: last,
      reached: true,
      complete: true,
    })
    let next = 1
    for await (const { lsn, value } of readWal(output)) {
      expect(lsn).toBe(next)
      expect((value as { n: number }).n).toBe(next++)
    }
    expect(next).toBe(last + 1)
  },
)
