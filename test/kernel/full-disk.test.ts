/** Rule R20 on a real disk that is full: space runs out at the making of a segment, and recovery needs none. */
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DiskLog, diskFor, POISONED } from './disk-log.ts'

const MIB = 1 << 20

/** Fills a disk, but for so many bytes. */
function fill(mountPoint: string, leftBytes: number): string {
  const path = join(mountPoint, 'filler')
  const { bavail, bsize } = statfsSync(mountPoint)
  try {
    writeFileSync(path, new Uint8Array(Math.max(0, bavail * bsize - leftBytes)), { flush: true })
  } catch (error) {
    // Full all the same: the steward has made a file meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
  return path
}

describe('a log on a full disk', () => {
  it('is refused at a new segment; it opens again on the full disk, and goes on when there is space', async (ctx) => {
    const disk = diskFor(ctx, { kind: 'ext4', bytes: 8 * MIB })
    const filler = fill(disk.mountPoint, 2 * MIB)
    const log = new DiskLog(join(disk.mountPoint, 'log'))
    await log.open()
    const { error, durable } = await log.appendUntilRefused()
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_IO', errnoName: 'ENOSPC' })
    // Before that the segments made ahead were used up.
    expect(log.wal.stats()).toMatchObject({ state: 'poisoned', spareError: 'ENOSPC' })
    expect(durable).toBeGreaterThan(100)
    expect(await log.lastWords()).toEqual(POISONED)

    const again = await log.open()
    expect(again.recovery.lastLsn).toBeGreaterThanOrEqual(durable)
    expect(again.recovery.damage).toEqual([])
    await again.close()
    rmSync(filler)
    await log.check()
  })

  it('goes on by what it retires', async (ctx) => {
    const disk = diskFor(ctx, { kind: 'ext4', bytes: 8 * MIB })
    const log = new DiskLog(join(disk.mountPoint, 'log'))
    await log.open({ spareSegments: 2 })
    await log.append(100)
    fill(disk.mountPoint, 0)
    let retired = 0
    for (let round = 0; round < 20; round++) {
      retired += await log.retire()
      await log.append(25)
    }
    expect(retired).toBeGreaterThan(4)
    await log.wal.close()
    await log.check()
  })
})
