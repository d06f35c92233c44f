import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type LockHolder, newHolder } from '../../src/storage/lock-holder.ts'
import { type Evidence, judge } from '../../src/storage/lock-verdict.ts'
import { ownIdentity, type ProcessIdentity, parseStat, probeProcess } from '../../src/storage/process-identity.ts'
import { deadPid } from './stale-lock.ts'

const LINUX: ProcessIdentity = {
  platform: 'linux',
  hostname: 'one',
  pid: 10,
  threadId: 0,
  startTime: '100',
  bootId: 'boot-1',
  pidNamespace: 'pid:[1]',
  netNamespace: 'net:[1]',
  timeNamespace: 'time:[1]',
}
const UNKNOWN = { startTime: null, bootId: null, pidNamespace: null, netNamespace: null, timeNamespace: null }
const DARWIN: ProcessIdentity = { ...LINUX, ...UNKNOWN, platform: 'darwin' }

const ALIVE: Pick<Evidence, 'probe'> = { probe: () => ({ alive: true, startTime: '100' }) }
const DEAD: Partial<Evidence> = { probe: () => ({ alive: false, startTime: null }) }
const REUSED: Partial<Evidence> = { probe: () => ({ alive: true, startTime: '101' }) }
const HIDDEN: Partial<Evidence> = { probe: () => ({ alive: true, startTime: null }) }
const SHARED: Partial<Evidence> = { ...DEAD, isLocalDisk: () => false }
const NOT_OURS: Partial<Evidence> = { freeSocket: null }

function verdict(self: ProcessIdentity, differences: Partial<LockHolder>, evidence: Partial<Evidence>): string {
  const holder = { ...newHolder(self, 'socket'), ...differences }
  return judge(holder, { self, freeSocket: 'socket', isLocalDisk: () => true, ...ALIVE, ...evidence }).state
}

describe('on Linux', () => {
  const otherBoot = { bootId: 'boot-2' }
  const otherHost = { hostname: 'two' }
  const otherPid = { pidNamespace: 'pid:[2]' }
  const otherNet = { netNamespace: 'net:[2]' }
  it.each([
    ['stale', 'other boot, local disk', { ...otherBoot, ...otherHost }, ALIVE],
    ['stale', 'other boot, shared disk, same host', otherBoot, { ...ALIVE, ...SHARED }],
    ['unknown', 'other boot, shared disk, other host', { ...otherBoot, ...otherHost }, SHARED],
    ['stale', 'its socket is free', otherPid, ALIVE],
    ['unknown', 'its socket is not known to be free', otherPid, NOT_OURS],
    ['unknown', 'its socket has another name', { ...otherPid, socket: 'other' }, ALIVE],
    ['unknown', 'it had no socket', { ...otherPid, socket: null }, NOT_OURS],
    ['unknown', 'its socket may be bound in another network namespace', { ...otherPid, ...otherNet }, DEAD],
    ['stale', 'pid is dead', otherNet, DEAD],
    ['stale', 'pid was reused', otherNet, REUSED],
    ['held', 'pid is alive', otherNet, ALIVE],
    ['held', 'pid is alive, start time can not be read', otherNet, HIDDEN],
    ['held', 'pid is alive, start times are not comparable', { ...otherNet, timeNamespace: 'time:[2]' }, REUSED],
    ['held', 'pid is alive, its start time was not known', { ...otherNet, startTime: null }, ALIVE],
    ['unknown', 'boot id was not known', { bootId: null }, DEAD],
    ['unknown', 'no namespace was known', { pidNamespace: null, netNamespace: null }, DEAD],
  ] as const)('%s: %s', (state, _what, differences, evidence) => {
    expect(verdict(LINUX, differences, evidence)).toBe(state)
  })

  it('unknown: nothing is known of the judge itself', () => {
    expect(verdict({ ...LINUX, ...UNKNOWN }, {}, DEAD)).toBe('unknown')
  })
})

describe('elsewhere', () => {
  it.each([
    ['held', 'pid is alive', {}, HIDDEN],
    ['stale', 'pid is dead', {}, DEAD],
    ['unknown', 'other host', { hostname: 'two' }, DEAD],
    ['unknown', 'other system on the same disk', { platform: 'win32' }, DEAD],
    ['unknown', 'Linux on the same disk', { platform: 'linux', bootId: 'boot-1' }, DEAD],
  ] as const)('%s: %s', (state, _what, differences, evidence) => {
    expect(verdict(DARWIN, differences, { freeSocket: null, ...evidence })).toBe(state)
  })
})

describe('the state of a process', () => {
  it('is alive for this one, with its start time', () => {
    expect(probeProcess(process.pid)).toEqual({ alive: true, startTime: ownIdentity().startTime })
  })

  it('is dead for one that was waited for', () => {
    expect(probeProcess(deadPid()).alive).toBe(false)
  })

  it.runIf(process.platform === 'linux')(
    'is dead for one that ended, and whose parent never waits for it',
    async () => {
      // The shell becomes a `sleep`, which does not know of the child that the shell had.
      const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => void parent.kill('SIGKILL'))
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer]
      await expect.poll(() => probeProcess(Number(printed)).alive).toBe(false)
      expect(process.kill(Number(printed), 0)).toBe(true)
    },
  )

  const stat = (name: string, state: string, threads: number) =>
    `4711 (${name}) ${state} 1 4711 1 0 -1 4194304 100 0 0 0 1 2 3 4 20 0 ${threads} 0 987654 1000 200`

  it.each(['node', 'a b', 'a) R 1 (b', ')'])('is read behind a name like "%s"', (name) => {
    expect(parseStat(stat(name, 'Z', 1))).toEqual({ state: 'Z', threads: 1, startTime: '987654' })
  })

  it.each(['', '4711 (node) S 1', stat('node', 'S', 1).replace('987654', '-1')])('is not guessed from "%s"', (text) => {
    expect(parseStat(text)).toBeUndefined()
  })
})
