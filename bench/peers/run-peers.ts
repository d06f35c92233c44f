import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PeerFigure, PeerWork, Skipped } from '../result.ts'
import { distributionOf, spreadOf } from '../statistics.ts'
import { PEERS, peerNamed } from './all-peers.ts'
import { findPeers } from './find-peers.ts'
import type { PeerJob, PeerTimes } from './measure-peer.ts'
import type { Peer } from './peer.ts'
import { measureAlone } from './peer-process.ts'

/** What `peerJobs` takes. Everything has a default. */
export interface PeerOptions {
  /** Names of peers; all by default. */
  readonly only?: readonly string[] | undefined
  /** A look, not a measurement. */
  readonly isQuick?: boolean
  /** Pipelined work only, by each of these in the place of the peers' own: for finding out which does best. */
  readonly batches?: readonly number[] | undefined
}

/** One run of a job. */
export interface PeerSample extends PeerTimes {
  readonly job: PeerJob
}

const WORKS: readonly PeerWork[] = ['pipelined', 'one-at-a-time', '64-callers']
const SIZE = 200
const EFFORT = { records: 500_000, warmUp: 100_000, samples: 20_000, budgetMs: 800 }
const QUICK_EFFORT = { records: 40_000, warmUp: 10_000, samples: 2000, budgetMs: 150 }

/**
 * What one run is made of: every peer that can be used here, at every kind of work.
 * @throws ERR_RINGWAL_OPTION if there is no peer of a name
 */
export function peerJobs({ only, isQuick = false, batches }: PeerOptions = {}): PeerJob[] {
  const wanted = peersOf(only)
  const found = findPeers(wanted)
  const peers = wanted.filter((_, at) => 'version' in found[at]!)
  const effort = { size: SIZE, ...(isQuick ? QUICK_EFFORT : EFFORT) }
  if (batches !== undefined) {
    return peers.flatMap(({ name, batch }) => {
      const sizes = batch === 1 ? [{}] : batches.map((size) => ({ batch: size }))
      return sizes.map((size) => ({ peer: name, work: 'pipelined' as const, ...size, ...effort }))
    })
  }
  return WORKS.flatMap((work) => peers.map(({ name }) => ({ peer: name, work, ...effort })))
}

/** The peers that can not be used here, and why. @throws ERR_RINGWAL_OPTION if there is no peer of a name */
export function missingPeers(only?: readonly string[]): Skipped[] {
  const wanted = peersOf(only)
  return findPeers(wanted).flatMap((found, at) =>
    'missing' in found ? [{ what: wanted[at]!.name, reason: found.missing }] : [],
  )
}

/**
 * Does one job in a process of its own, in a new directory in `root`, which is removed behind it.
 * @throws ERR_RINGWAL_INTERNAL with the process's own error if it failed, a lost record included
 */
export async function measurePeerJob(job: PeerJob, root: string): Promise<PeerSample> {
  const dir = mkdtempSync(join(root, 'peer-'))
  try {
    return { job, ...(await measureAlone({ job, dir })) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
    // What freeing the blocks costs the disk is not to fall into the next measurement.
    syncDirectory(root)
  }
}

/** The runs of every job in the order in which the jobs came first. */
export function summarizePeers(samples: readonly PeerSample[]): PeerFigure[] {
  const runs = new Map<string, PeerSample[]>()
  for (const sample of samples) {
    const key = JSON.stringify(sample.job)
    runs.set(key, [...(runs.get(key) ?? []), sample])
  }
  return [...runs.values()].map(figureOf)
}

function figureOf(samples: readonly PeerSample[]): PeerFigure {
  const { job } = samples[0]!
  const peer = peerNamed(job.peer)
  const [found] = findPeers([peer])
  return {
    peer: job.batch === undefined ? peer.name : `${peer.name} by ${job.batch}`,
    version: found !== undefined && 'version' in found ? found.version : 'unknown',
    promise: peer.promise,
    ...(peer.isDurable ? {} : { durable: false }),
    ...(peer.isOurs ? { ours: true } : {}),
    ...(peer.isFrameless ? { frameless: true } : {}),
    work: job.work,
    size: job.size,
    recordsPerSecond: spreadOf(samples, ({ records, seconds }) => records / seconds),
    latency: job.work === 'pipelined' ? null : distributionOf(samples.map(({ latency }) => latency!)),
  }
}

function peersOf(only: readonly string[] | undefined): readonly Peer[] {
  return only === undefined ? PEERS : only.map(peerNamed)
}

function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(dir, 'r')
  fsyncSync(fd)
  closeSync(fd)
}
