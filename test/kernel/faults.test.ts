/** Faults of the running kernel under an open log: typed errors, a poisoned log, and nothing lost once they are gone. */

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RingwalError, readWal, Wal } from '../../src/index.ts'
import { skipAloud } from '../process/skip-aloud.ts'
import { DiskLog, diskFor, POISONED } from './disk-log.ts'
import { whyNoDisk, whyNoPowerCut } from './loop-disk.ts'

const MIB = 1 << 20
const GROUP = 4242

describe('under an open log', () => {
  it('a file system that goes read-only ends it', async (ctx) => {
    const disk = diskFor(ctx, { kind: 'ext4' })
    const log = new DiskLog(join(disk.mountPoint, 'log'))
    await log.open()
    await log.append(50)
    disk.remount('abort')
    const { error } = await log.appendUntilRefused()
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_IO' })
    expect(['EROFS', 'EIO']).toContain(error.facts['errnoName'])
    expect(await log.lastWords()).toEqual(POISONED)
    await expect(log.open()).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'EROFS' })
    disk.restorePower()
    await log.check()
  })

  it('a quota that is used up ends it', async (ctx) => {
    if (spawnSync('xfs_quota', ['-V']).status !== 0) skipAloud(ctx, 'no xfs_quota here')
    const why = whyNoDisk({ kind: 'xfs', mountOptions: ['gquota'] })
    if (why !== undefined) skipAloud(ctx, `no quota: ${why}`)
    const disk = diskFor(ctx, { kind: 'xfs', mountOptions: ['gquota'] })
    limit(disk.mountPoint, '3m')
    const dir = join(disk.mountPoint, 'log')
    mkdirSync(dir)
    chownSync(dir, 0, GROUP)
    chmodSync(dir, 0o2700)
    const log = new DiskLog(dir)
    await log.open()
    const { error, durable } = await log.appendUntilRefused()
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_IO', errnoName: 'EDQUOT' })
    expect(durable).toBeGreaterThan(100)
    expect(await log.lastWords()).toEqual(POISONED)
    limit(disk.mountPoint, '0')
    await log.check()
  })

  it('a thin disk that has no more blocks when a sync asks for them ends it', async (ctx) => {
    const outer = diskFor(ctx, { kind: 'ext4', bytes: 24 * MIB })
    const inner = diskFor(ctx, { kind: 'ext4', bytes: 64 * MIB, base: outer.mountPoint })
    const log = new DiskLog(join(inner.mountPoint, 'log'))
    await log.open()
    const { error, durable } = await log.appendUntilRefused()
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_IO' })
    expect(['ENOSPC', 'EIO', 'EROFS']).toContain(error.facts['errnoName'])
    expect(durable).toBeGreaterThan(100)
    expect(await log.lastWords()).toEqual(POISONED)
  })

  it('a disk that is pulled out ends it, can not be read, and holds all when it is back', async (ctx) => {
    const why = whyNoPowerCut('ext4')
    if (why !== undefined) skipAloud(ctx, why)
    const outer = diskFor(ctx, { kind: 'ext4', bytes: 128 * MIB })
    const inner = diskFor(ctx, { kind: 'ext4', base: outer.mountPoint })
    const log = new DiskLog(join(inner.mountPoint, 'log'))
    await log.open()
    await log.append(200)
    forgetPages(log.dir)
    outer.cutPower(false)
    const { error } = await log.appendUntilRefused()
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_IO' })
    const readError = await readAll(log.dir)
    expect(readError?.code).toMatch(/^ERR_RINGWAL_(IO|DAMAGED|SEGMENTS)$/)
    expect(await log.lastWords()).toEqual(POISONED)
    await expect(Wal.open({ dir: log.dir })).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_RINGWAL_/) })

    inner.unmount()
    outer.restorePower()
    inner.mount()
    await log.check()
  })
})

function limit(mountPoint: string, bytes: string): void {
  execFileSync('xfs_quota', ['-x', '-c', `limit -g bhard=${bytes} ${GROUP}`, mountPoint])
}

/** Takes a log's files out of the page cache: what is read comes from the disk. */
function forgetPages(dir: string): void {
  for (const name of readdirSync(dir).filter((name) => name.endsWith('.rwal')))
    execFileSync('dd', [`of=${join(dir, name)}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
      stdio: 'pipe',
    })
}

/** @returns what reading the log ends with */
async function readAll(dir: string): Promise<RingwalError | undefined> {
  try {
    for await (const _ of readWal(dir));
    return undefined
  } catch (error) {
    return error as RingwalError
  }
}
