import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { lockDirectory, readLock } from '../../src/storage/directory-lock.ts'
import { LockProcess, type Outcome } from './lock-process.ts'
import { writeLock } from './stale-lock.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const UNSHARE: readonly string[] = ['unshare', '--fork', '--kill-child']

function skipWithout(ctx: TestContext, [command = '', ...rest]: readonly string[]): void {
  const works = process.platform === 'linux' && spawnSync(command, [...rest, 'true']).status === 0
  if (!works) ctx.skip(`"${[command, ...rest].join(' ')}" does not work here`)
}

describe('across namespaces', () => {
  it('of pids and network, as between containers: held, and nobody can tell when not', async (ctx) => {
    const launcher = [...UNSHARE, '--pid', '--net', '--mount-proc']
    skipWithout(ctx, launcher)
    const dir = temporaryDirectory()
    const container = new LockProcess(launcher)
    const { holder } = await container.lock(dir)
    expect(holder?.pid).toBe(1)
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder })
    await container.release()
    const lock = await lockDirectory(dir)
    expect((await container.lock(dir)).error).toMatchObject({
      code: 'ERR_RINGWAL_LOCKED',
      facts: { holder: lock.holder },
    })
    await lock.release()
    await container.lock(dir)
    await container.kill()
    await expect(lockDirectory(dir)).rejects.toThrow('other namespaces (a container?), where this process can not look')
  })

  it('of the network: the pid decides', async (ctx) => {
    const launcher = [...UNSHARE, '--net']
    skipWithout(ctx, launcher)
    const dir = temporaryDirectory()
    const other = new LockProcess(launcher)
    const { holder } = await other.lock(dir)
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder })
    await other.kill()
    await expect.poll(() => readLock(dir).state).toBe('stale')
    await (await lockDirectory(dir)).release()
  })

  it('of pids: the socket decides', async (ctx) => {
    const launcher = [...UNSHARE, '--pid', '--mount-proc']
    skipWithout(ctx, launcher)
    const dir = temporaryDirectory()
    const other = new LockProcess(launcher)
    const { holder } = await other.lock(dir)
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder })
    await other.kill()
    await expect.poll(() => readLock(dir).state).toBe('stale')
    await (await lockDirectory(dir)).release()
  })

  it('of pids, with the numbers of another one in /proc: the living are not taken for the dead', async (ctx) => {
    const launcher = [...UNSHARE, '--pid', '--net']
    skipWithout(ctx, launcher)
    const dir = temporaryDirectory()
    const other = new LockProcess(launcher)
    const { holder } = await other.lock(dir)
    await other.release()
    writeLock(dir, { ...holder, netNamespace: 'net:[1]' })
    expect((await other.lock(dir)).error?.code).toBe('ERR_RINGWAL_LOCKED')
  })
})

describe('a process that may not bind sockets', () => {
  it('locks by the file alone', async (ctx) => {
    const launcher = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=bind', '-e', 'inject=bind:error=EPERM']
    skipWithout(ctx, launcher)
    const dir = temporaryDirectory()
    const other = new LockProcess(launcher)
    const { holder } = await other.lock(dir)
    expect(holder?.socket).toBeNull()
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder })
    await other.release()
    const lock = await lockDirectory(dir)
    expect((await other.lock(dir)).error).toMatchObject({ code: 'ERR_RINGWAL_LOCKED', facts: { holder: lock.holder } })
    await lock.release()
  })
})

describe('a process', () => {
  it('is not kept alive by its lock', () => {
    const dir = temporaryDirectory()
    const lockModule = new URL('../../src/storage/directory-lock.js', import.meta.url).href
    const program = `await (await import('${lockModule}')).lockDirectory('${dir}'); console.log('locked')`
    const options = { timeout: 20_000, encoding: 'utf8' } as const
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', program], options)).toBe('locked\n')
    expect(readLock(dir).state).toBe('stale')
  })

  it('of a cluster does not share the lock with its siblings', () => {
    const script = fileURLToPath(new URL('./lock-cluster.js', import.meta.url))
    const printed = execFileSync(process.execPath, [script, temporaryDirectory()], {
      timeout: 20_000,
      encoding: 'utf8',
    })
    const outcomes = JSON.parse(printed) as Outcome[]
    expect(outcomes.filter(({ holder }) => holder !== undefined)).toHaveLength(1)
    expect(outcomes.filter(({ error }) => error?.code === 'ERR_RINGWAL_LOCKED')).toHaveLength(2)
  })
})

describe('on a full disk', () => {
  function smallDisk(ctx: TestContext): string {
    if (process.getuid?.() !== 0 || process.platform !== 'linux') ctx.skip('mounting a small tmpfs needs root on Linux')
    const dir = temporaryDirectory()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir])
    onTestFinished(() => void execFileSync('umount', [dir]))
    return dir
  }

  function fill(dir: string): void {
    expect(() => writeFileSync(join(dir, 'filler'), new Uint8Array(100_000))).toThrow('ENOSPC')
  }

  it('the lock of killed holders is taken over, again and again', async (ctx) => {
    const dir = smallDisk(ctx)
    const first = new LockProcess()
    await first.lock(dir)
    fill(dir)
    await first.kill()
    for (let round = 0; round < 3; round++) {
      const next = new LockProcess()
      const { holder } = await next.lock(dir)
      expect(readLock(dir)).toMatchObject({ state: 'held', holder })
      await next.kill()
    }
  })

  it('a log that never was can not, and nothing is left behind', async (ctx) => {
    const dir = smallDisk(ctx)
    fill(dir)
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ENOSPC' })
    expect(readdirSync(dir)).toEqual(['filler'])
  })
})
