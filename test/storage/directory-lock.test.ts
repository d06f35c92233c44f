import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type DirectoryLock, lockDirectory, readLock } from '../../src/storage/directory-lock.ts'
import { LockProcess, type Outcome } from './lock-process.ts'
import { temporaryDirectory } from './temporary-directory.ts'

async function locked(dir: string): Promise<DirectoryLock> {
  const lock = await lockDirectory(dir)
  onTestFinished(() => lock.release())
  return lock
}

async function workerLocking(dir: string): Promise<{ worker: Worker; outcome: Outcome }> {
  const worker = new Worker(new URL('./lock-worker.js', import.meta.url), { workerData: { dir } })
  onTestFinished(() => void worker.terminate())
  const outcome = await new Promise<Outcome>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return { worker, outcome }
}

describe('a second opener is refused, and told who holds the lock', () => {
  it('in the same thread', async () => {
    const dir = temporaryDirectory()
    const { holder } = await locked(dir)
    const refused = await lockDirectory(dir).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'ERR_RINGWAL_LOCKED', dir, holder: { pid: process.pid, threadId: 0 } })
    expect(refused).toMatchObject({ holder, message: expect.stringContaining(`pid ${process.pid}`) })
  })

  it('when both begin at once', async () => {
    const dir = temporaryDirectory()
    const settled = await Promise.allSettled([locked(dir), locked(dir), locked(dir)])
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('in another thread', async () => {
    const dir = temporaryDirectory()
    const { holder } = await locked(dir)
    const { outcome } = await workerLocking(dir)
    expect(outcome.error).toMatchObject({ code: 'ERR_RINGWAL_LOCKED', facts: { dir, holder } })
  })

  it('in the main thread, when a worker holds it', async () => {
    const dir = temporaryDirectory()
    const { worker } = await workerLocking(dir)
    const holder = { pid: process.pid, threadId: worker.threadId }
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder })
  })

  it('in another process', async () => {
    const dir = temporaryDirectory()
    const { holder } = await locked(dir)
    const { error } = await new LockProcess().lock(dir)
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_LOCKED', facts: { dir, holder } })
  })

  it('by every path of the directory', async () => {
    const parent = temporaryDirectory()
    const dir = join(parent, 'log')
    mkdirSync(dir)
    symlinkSync(parent, join(parent, 'self'))
    await locked(dir)
    for (const path of [`${dir}/`, join(parent, 'self', 'log'), relative(process.cwd(), dir)]) {
      await expect(lockDirectory(path)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED' })
    }
  })

  it('though the lock file was removed', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('abstract sockets are of Linux')
    const dir = temporaryDirectory()
    await locked(dir)
    rmSync(join(dir, 'LOCK'))
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder: null })
  })
})

describe('the lock is free again', () => {
  it('after its release, which can be called twice', async () => {
    const dir = temporaryDirectory()
    for (let round = 0; round < 5; round++) {
      const lock = await lockDirectory(dir)
      await Promise.all([lock.release(), lock.release()])
      expect(readdirSync(dir)).toEqual(['LOCK.spare'])
    }
  })

  it('after another process released it', async () => {
    const dir = temporaryDirectory()
    const other = new LockProcess()
    expect((await other.lock(dir)).holder?.pid).not.toBe(process.pid)
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED' })
    await other.release()
    await locked(dir)
  })

  it('as soon as a killed holder is gone', async () => {
    const dir = temporaryDirectory()
    for (let round = 0; round < 3; round++) {
      const other = new LockProcess()
      const { holder } = await other.lock(dir)
      expect(readLock(dir)).toMatchObject({ state: 'held', holder })
      await other.kill()
      expect(readLock(dir)).toMatchObject({ state: 'stale', holder })
      const lock = await lockDirectory(dir)
      await lock.release()
    }
  })

  it('as soon as the thread that held it is gone', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('elsewhere the lock is the process’s')
    const dir = temporaryDirectory()
    const { worker } = await workerLocking(dir)
    await worker.terminate()
    await locked(dir)
  })

  it('after a failed attempt', async () => {
    const dir = temporaryDirectory()
    mkdirSync(join(dir, 'LOCK'))
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'EISDIR' })
    rmSync(join(dir, 'LOCK'), { recursive: true })
    await locked(dir)
  })
})

describe('release', () => {
  it('leaves the lock file of another holder alone', async () => {
    const dir = temporaryDirectory()
    const lock = await lockDirectory(dir)
    const text = readFileSync(join(dir, 'LOCK'), 'utf8').replace(lock.holder.token, '0'.repeat(32))
    writeFileSync(join(dir, 'LOCK'), text)
    await lock.release()
    expect(readFileSync(join(dir, 'LOCK'), 'utf8')).toBe(text)
  })
})

describe('the lock file', () => {
  it('says who holds the lock, and is for its owner only', async () => {
    const dir = temporaryDirectory()
    const before = process.umask(0)
    const { holder } = await locked(dir).finally(() => process.umask(before))
    expect(JSON.parse(readFileSync(join(dir, 'LOCK'), 'utf8'))).toEqual(holder)
    expect(statSync(join(dir, 'LOCK')).mode & 0o7777).toBe(0o600)
    expect(statSync(join(dir, 'LOCK')).nlink).toBe(1)
    expect(new Date(holder.since).getTime()).toBeGreaterThan(Date.now() - 60_000)
    expect(readdirSync(dir).sort()).toEqual(['LOCK', 'LOCK.spare'])
  })

  it('is not followed if it is a link', async () => {
    const dir = temporaryDirectory()
    writeFileSync(join(dir, 'target'), 'precious')
    symlinkSync('target', join(dir, 'LOCK'))
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ELOOP' })
    expect(readFileSync(join(dir, 'target'), 'utf8')).toBe('precious')
  })
})

describe('a directory', () => {
  it('that is missing is not found', async () => {
    const dir = join(temporaryDirectory(), 'missing')
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND', dir })
    expect(() => readLock(dir)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_NOT_FOUND' }))
  })

  it.each(['link', 'link/', 'link/.'])('that is a symbolic link is refused (%s)', async (path) => {
    const parent = temporaryDirectory()
    mkdirSync(join(parent, 'log'))
    symlinkSync('log', join(parent, 'link'))
    const refused = await lockDirectory(`${parent}/${path}`).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ELOOP', operation: 'lock' })
    expect(refused).toMatchObject({ message: expect.stringContaining('a symbolic link to a log is refused') })
    expect(readdirSync(join(parent, 'log'))).toEqual([])
  })

  it('that is a file is refused', async () => {
    const path = join(temporaryDirectory(), 'file')
    writeFileSync(path, '')
    await expect(lockDirectory(path)).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ENOTDIR' })
  })

  it('that nobody has locked is free, and looking does not lock it', async () => {
    const dir = temporaryDirectory()
    expect(readLock(dir)).toMatchObject({ state: 'free', holder: null })
    const { holder } = await locked(dir)
    expect(readLock(dir)).toMatchObject({ state: 'held', holder })
  })
})
