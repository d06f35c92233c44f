import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockDirectory, readLock } from '../../src/storage/directory-lock.ts'
import { encodeHolder, type LockHolder } from '../../src/storage/lock-holder.ts'
import { lockSocketName } from '../../src/storage/lock-socket.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import { deadPid, writeLock } from './stale-lock.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const OTHER_BOOT = '00000000-0000-0000-0000-000000000000'
const OTHER_PID_NAMESPACE = 'pid:[1]'
const OTHER_NET_NAMESPACE = 'net:[1]'

function socketOf(dir: string): string | null {
  return lockSocketName(nodeFileSystem.statPath(dir)!.identity)
}

describe.runIf(process.platform === 'linux')('a stale lock file is replaced', () => {
  const kinds: [kind: string, differences: (dir: string) => Partial<LockHolder>][] = [
    [
      'before this boot',
      () => ({ bootId: OTHER_BOOT, pidNamespace: OTHER_PID_NAMESPACE, netNamespace: OTHER_NET_NAMESPACE }),
    ],
    ['by a process that is dead', () => ({ pid: deadPid(), netNamespace: OTHER_NET_NAMESPACE })],
    ['by a process whose pid was reused', () => ({ startTime: '1', netNamespace: OTHER_NET_NAMESPACE })],
    [
      'by a living pid of another container, whose socket is free',
      (dir) => ({ pidNamespace: OTHER_PID_NAMESPACE, socket: socketOf(dir) }),
    ],
  ]

  it.each(kinds)('that was written %s', async (_kind, differences) => {
    const dir = temporaryDirectory()
    const stale = writeLock(dir, differences(dir))
    expect(readLock(dir)).toMatchObject({ state: 'stale', holder: stale })
    const lock = await lockDirectory(dir)
    expect(JSON.parse(readFileSync(join(dir, 'LOCK'), 'utf8'))).toEqual(lock.holder)
    expect(readdirSync(dir).sort()).toEqual(['LOCK', 'LOCK.spare'])
    await lock.release()
    expect(readLock(dir).state).toBe('free')
  })

  it('even if contenders for it died half way, and what they left is removed', async () => {
    const dir = temporaryDirectory()
    const pid = deadPid()
    const stale = writeLock(dir, { pid })
    const claimant = writeLock(dir, { pid }, `LOCK.${stale.token}`)
    const second = writeLock(dir, { pid }, `LOCK.${claimant.token}`)
    writeLock(dir, { pid }, `LOCK.${second.token}.new`)
    writeFileSync(join(dir, `LOCK.${'a'.repeat(32)}.new`), '')
    const lock = await lockDirectory(dir)
    onTestFinished(() => lock.release())
    expect(readdirSync(dir).sort()).toEqual(['LOCK', 'LOCK.spare'])
  })

  it('but not while a living contender has its claim', async () => {
    const dir = temporaryDirectory()
    const stale = writeLock(dir, { pid: deadPid() })
    const claimant = writeLock(dir, {}, `LOCK.${stale.token}`)
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder: claimant })
  })
})

describe.runIf(process.platform === 'linux')('a lock file is respected', () => {
  it('if its writer runs in another network namespace, but its pid can be seen to live', async () => {
    const dir = temporaryDirectory()
    const holder = writeLock(dir, { netNamespace: OTHER_NET_NAMESPACE, socket: socketOf(dir) })
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder })
    expect(readLock(dir)).toMatchObject({ state: 'held', holder, reason: 'it is alive' })
  })

  it('if its writer lives without a socket, as one does that may not have any', async () => {
    const dir = temporaryDirectory()
    const holder = writeLock(dir, { socket: null })
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder })
  })

  it('if nothing can be known of its writer, and the message says what to do', async () => {
    const dir = temporaryDirectory()
    const elsewhere = { pid: 7, pidNamespace: OTHER_PID_NAMESPACE, netNamespace: OTHER_NET_NAMESPACE, hostname: 'a\nb' }
    const holder = writeLock(dir, { ...elsewhere, since: 'noon', socket: socketOf(dir) })
    const refused = await lockDirectory(dir).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'ERR_RINGWAL_LOCKED', dir, holder })
    const { message } = refused as Error
    expect(message).toContain(`${join(dir, 'LOCK')} was written by pid 7, thread 0, host "a\\nb", since "noon"`)
    expect(message).toContain('If you are sure that it is dead, remove that file')
    expect(readLock(dir)).toMatchObject({ state: 'held', holder })
  })
})

describe('a lock file that ringwal did not write', () => {
  const whole = (differences: object) => (holder: LockHolder) => JSON.stringify({ ...holder, ...differences })
  it.each([
    ['empty', () => ''],
    ['half written', (holder: LockHolder) => JSON.stringify(holder).slice(0, 100)],
    ['of another program', () => '4711\n'],
    ['not text', () => '\u0000'.repeat(4096)],
    ['too long', (holder: LockHolder) => `${JSON.stringify(holder)}${' '.repeat(4096)}`],
    ['with a token that leaves the directory', whole({ token: '../../../../../../../../etc/passwd' })],
    ['with pid 0, which stands for a group', whole({ pid: 0 })],
    ['with a negative pid', whole({ pid: -1 })],
    ['with a pid that is text', whole({ pid: '1' })],
    ['with an endless host name', whole({ hostname: 'x'.repeat(257) })],
    ['without a boot id', whole({ bootId: undefined })],
    ['with a list for a name', whole({ pidNamespace: [] })],
  ] as const)('is refused, for a person to look at: %s', async (_kind, text) => {
    const dir = temporaryDirectory()
    const holder = writeLock(dir, { pid: deadPid() })
    writeFileSync(join(dir, 'LOCK'), text(holder))
    const refused = await lockDirectory(dir).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'ERR_RINGWAL_LOCKED', dir, holder: null })
    expect(refused).toMatchObject({ message: expect.stringContaining(`${join(dir, 'LOCK')} is not a lock file`) })
    expect(readLock(dir)).toMatchObject({ state: 'held', holder: null })
    expect(readdirSync(dir)).toEqual(['LOCK'])
  })

  it('but by a later release, is understood', async () => {
    const dir = temporaryDirectory()
    const holder = writeLock(dir, { pid: deadPid() })
    writeFileSync(join(dir, 'LOCK'), JSON.stringify({ ...holder, later: [1, 2] }))
    expect(readLock(dir)).toMatchObject({ state: 'stale', holder })
    await (await lockDirectory(dir)).release()
  })
})

describe('a claim that ringwal did not write', () => {
  it('is refused as well', async () => {
    const dir = temporaryDirectory()
    const stale = writeLock(dir, { pid: deadPid() })
    writeFileSync(join(dir, `LOCK.${stale.token}`), encodeHolder(stale).subarray(0, 10))
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder: null })
  })
})
