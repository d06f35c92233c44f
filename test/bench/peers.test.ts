import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { PEERS } from '../../bench/peers/all-peers.ts'
import { commitLog } from '../../bench/peers/commit-log.ts'
import { findPeers } from '../../bench/peers/find-peers.ts'
import { findPackage, INSTALL_COMMAND } from '../../bench/peers/installed.ts'
import { measurePeer, type PeerJob } from '../../bench/peers/measure-peer.ts'
import type { Peer, PeerLog } from '../../bench/peers/peer.ts'
import { measurePeerJob, missingPeers, peerJobs, summarizePeers } from '../../bench/peers/run-peers.ts'
import type { PeerFigure, PeerWork } from '../../bench/result.ts'
import { ROOT } from '../kernels/build-kernels.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const BUILD = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = join(BUILD, 'bench/peers/main.js')
const NO_INSTALL_NEEDED = ['ringwal', 'ringwal-defaults', 'node:sqlite', 'fs', 'fs-prefilled']
const TINY = { size: 200, records: 300, warmUp: 100, samples: 150, budgetMs: 30_000 }

function usable(isInstalled: boolean): Peer[] {
  const found = findPeers(PEERS)
  return PEERS.filter(({ name }, at) => NO_INSTALL_NEEDED.includes(name) !== isInstalled && 'version' in found[at]!)
}

function tinyJob(peer: Peer, work: PeerWork): PeerJob {
  return { ...TINY, peer: peer.name, work }
}

describe.each(usable(false))('$name, which needs no installing', (peer) => {
  it('does every kind of work, and all of it is there', async () => {
    const works = { pipelined: 300, 'one-at-a-time': 150, '64-callers': 150 } as const
    for (const [work, records] of Object.entries(works) as [PeerWork, number][]) {
      const times = await measurePeer(peer, tinyJob(peer, work), temporaryDirectory())
      expect(times).toMatchObject({ records, seconds: expect.any(Number) })
      expect(times.seconds).toBeGreaterThan(0)
      expect(times.latency === null).toBe(work === 'pipelined')
    }
  })
})

// Where they are installed. Each measured by itself: a process that a peer keeps from ending fails the job.
it.each(usable(true))('$name, installed, does its work and lets go of its process', async (peer) => {
  const root = temporaryDirectory()
  const jobs = [tinyJob(peer, 'pipelined'), tinyJob(peer, '64-callers')]
  const samples = await Promise.all(jobs.map((job) => measurePeerJob(job, root)))
  expect(samples.map(({ records }) => records)).toEqual([300, 150])
  expect(readdirSync(root)).toEqual([])
})

describe('a peer that is not there', () => {
  it('is named with the reason and what to do', () => {
    expect(findPackage('no-such-peer')).toEqual({ missing: `not installed: ${INSTALL_COMMAND}` })
    const missing = missingPeers().map(({ what }) => what)
    const measured = new Set(peerJobs().map(({ peer }) => peer))
    expect([...measured, ...missing].toSorted()).toEqual(PEERS.map(({ name }) => name).toSorted())
    expect(missing.filter((name) => name !== 'node:sqlite' && NO_INSTALL_NEEDED.includes(name))).toEqual([])
    if (Number(process.versions.node.split('.')[0]) < 22) {
      expect(missingPeers(['node:sqlite'])[0]!.reason).toMatch(
        /^Node v\S+ has no node:sqlite; 22\.13 and later have it$/,
      )
    }
  })

  it('is skipped, be it for want of an installation or for a binary that kills', { timeout: 60_000 }, () => {
    const home = installedCopy()
    const notThere = benchPeersAt(home, '--only', 'lmdb')
    expect(notThere).toContain("skipped: lmdb: the peers come with ringwal's repository, not with the package")

    const lmdb = join(home, 'bench/peers/node_modules/lmdb')
    mkdirSync(lmdb, { recursive: true })
    writeFileSync(join(home, 'bench/peers/package.json'), '{}')
    writeFileSync(join(lmdb, 'package.json'), '{ "version": "1.0.0", "main": "index.cjs" }')
    writeFileSync(join(lmdb, 'index.cjs'), "process.kill(process.pid, 'SIGKILL')")
    const deadly = benchPeersAt(home, '--only', 'lmdb,fs', '--batches', '1000')
    expect(deadly).toContain('skipped: lmdb: the process that loads it ends with SIGKILL')
    expect(deadly).toMatch(/pipelined +200 B +fs by 1000 /)
    expect(readdirSync(join(home, '.tmp'))).toEqual([])
  })

  it.each([
    ['--only', 'lmdb,nobody', 'option peers: "nobody" is not allowed'],
    ['--runs', '0', 'option --runs: "0" is not allowed'],
    ['--batches', '100,x', 'option --batches: "x" is not allowed'],
  ])('is told from one that does not exist: %s %s', (option, value, message) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, option, value], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

/** The compiled product in a package of its own, as npm would put it, without `bench/peers`. */
function installedCopy(): string {
  const home = join(temporaryDirectory(), 'ringwal')
  for (const part of ['src', 'workers', 'tools', 'bench']) {
    cpSync(join(BUILD, part), join(home, 'dist', part), { recursive: true })
  }
  cpSync(join(ROOT, 'package.json'), join(home, 'package.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'))
  return home
}

function benchPeersAt(home: string, ...args: string[]): string {
  const main = join(home, 'dist/bench/peers/main.js')
  return execFileSync(process.execPath, [main, '--quick', ...args], { cwd: home, encoding: 'utf8' })
}

describe('a peer that lies', () => {
  const honest = PEERS.find(({ name }) => name === 'fs')!

  function liar(read: (records: Uint8Array[]) => Uint8Array[]): Peer {
    return { ...honest, read: (dir, size) => read([...(honest.read(dir, size) as Iterable<Uint8Array>)].map(copy)) }
  }
  function copy(bytes: Uint8Array): Uint8Array {
    return Uint8Array.from(bytes)
  }

  it.each<[string, Peer, string]>([
    ['has lost the last record', liar((records) => records.slice(0, -1)), '400 records were acknowledged, and 399 are'],
    ['has lost one in the middle', liar((records) => records.toSpliced(200, 1)), 'record 201 of 400 is not what was'],
    ['has one twice', liar((records) => [...records, records.at(-1)!]), 'record 401 of 400 is not what was appended'],
    [
      'has half of one',
      liar((records) => records.with(7, records[7]!.subarray(100))),
      'record 8 of 400 is not what was',
    ],
    ['keeps nothing', liar(() => []), '400 records were acknowledged, and 0 are there'],
  ])('and %s is caught', async (_, peer, message) => {
    const measured = measurePeer(peer, tinyJob(peer, 'pipelined'), temporaryDirectory())
    await expect(measured).rejects.toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      message: expect.stringContaining(message),
    })
  })

  it('by not appending all it was given is caught', async () => {
    const lazy: Peer = {
      ...honest,
      async open(opening) {
        const log = await honest.open(opening)
        return { ...log, appendMany: (records) => skipOne(log, opening.payloads, records) }
      },
    }
    const measured = measurePeer(lazy, tinyJob(lazy, 'pipelined'), temporaryDirectory())
    await expect(measured).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED' })
  })

  async function skipOne(log: PeerLog, payloads: { next(): Uint8Array }, records: number): Promise<void> {
    await log.appendMany(records - 1)
    payloads.next()
  }
})

describe('callers who share a commit', () => {
  it('are all served by the next one while one is under way', async () => {
    const commits: number[] = []
    const commit = async (records: number): Promise<void> => {
      commits.push(records)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const log = commitLog({ commit, batch: 10, close: () => undefined })
    const first = log.appendAmongOthers()
    await new Promise((resolve) => setTimeout(resolve, 2))
    await Promise.all([first, ...Array.from({ length: 63 }, () => log.appendAmongOthers())])
    expect(commits).toEqual([1, 63])
    await log.appendMany(25)
    expect(commits.slice(2)).toEqual([10, 10, 5])
  })

  it('all hear of it when it fails', async () => {
    const commit = (): Promise<void> => Promise.reject(new Error('the disk is full'))
    const log = commitLog({ commit, batch: 10, close: () => undefined })
    const heard = await Promise.allSettled(Array.from({ length: 3 }, () => log.appendAmongOthers()))
    expect(heard.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })
})

describe('the figures', () => {
  it('are the spread over the runs of each job, and say whose promise is weaker', () => {
    const [fs, weak] = ['fs', 'better-sqlite3-normal'].map((peer) => ({ ...TINY, peer, work: 'pipelined' }) as PeerJob)
    const runs = [1, 4, 2].flatMap((seconds) => [
      { job: fs!, records: 300, seconds, latency: null },
      { job: weak!, records: 300, seconds: seconds / 10, latency: null },
    ])
    const [first, second] = summarizePeers(runs)
    expect(first).toMatchObject({ peer: 'fs', frameless: true, recordsPerSecond: { median: 150, min: 75, max: 300 } })
    expect(first).not.toHaveProperty('durable')
    expect(second).toMatchObject({ durable: false, recordsPerSecond: { median: 1500 } })
    expect(second!.promise).toMatch(/power loss/)
  })

  it('come out of the command, each peer beside the log', () => {
    const dir = temporaryDirectory()
    const args = ['--quick', '--only', 'ringwal,fs', '--batches', '100,1000', '--json', '--dir', dir]
    const figures = JSON.parse(execFileSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })) as PeerFigure[]
    const names = ['ringwal', 'fs by 100', 'fs by 1000']
    expect(figures.map(({ peer, work }) => [peer, work])).toEqual(names.map((name) => [name, 'pipelined']))
    for (const { recordsPerSecond } of figures) expect(recordsPerSecond.min).toBeGreaterThan(0)
    expect(readdirSync(dir)).toEqual([])
  })
})
