import { setTimeout as sleep } from 'node:timers/promises'
import type { PeerWork } from '../result.ts'
import { Durations, type Recording } from '../statistics.ts'
import { Payloads } from './payloads.ts'
import type { Peer, PeerLog } from './peer.ts'

/** One peer at one kind of work. */
export interface PeerJob {
  /** Its name. */
  readonly peer: string
  readonly work: PeerWork
  /** Bytes of a record. */
  readonly size: number
  /** Timed records of pipelined work. */
  readonly records: number
  /** Appended before the clock starts, in the fastest way. */
  readonly warmUp: number
  /** Of the other kinds of work: at most so many samples, and none begun after so long. */
  readonly samples: number
  readonly budgetMs: number
  /** In the place of the peer's own. */
  readonly batch?: number
}

/** What came of it. */
export interface PeerTimes {
  readonly records: number
  readonly seconds: number
  /** How long each caller waited; null for pipelined work, in which nobody waits for a single record. */
  readonly latency: Recording | null
}

const CALLERS = 64
const PRACTICE_ROUNDS = 20
/** What has been started in the background gets so long to end. Everybody gets it. */
const REST_MS = 100

/**
 * Opens a new log, warms it up, does the work and reads everything back.
 * @param dir empty, and there
 * @throws ERR_RINGWAL_DAMAGED if a record is not there, or another is in its place
 */
export async function measurePeer(peer: Peer, job: PeerJob, dir: string): Promise<PeerTimes> {
  const payloads = new Payloads(job.size)
  const recordsMax = job.warmUp + Math.max(job.records, job.samples + CALLERS * (PRACTICE_ROUNDS + 1))
  const log = await peer.open({ dir, work: job.work, payloads, recordsMax, batch: job.batch ?? peer.batch })
  let times: PeerTimes
  try {
    await log.appendMany(job.warmUp)
    await practise(log, job.work)
    await log.rest?.()
    await sleep(REST_MS)
    times = await WORKS[job.work](log, job)
  } finally {
    await log.close()
  }
  await payloads.check(peer.name, peer.read(dir, job.size))
  return times
}

async function practise(log: PeerLog, work: PeerWork): Promise<void> {
  const practice = { samples: PRACTICE_ROUNDS, budgetMs: Number.POSITIVE_INFINITY }
  if (work === 'one-at-a-time') await singly(log, practice)
  if (work === '64-callers') await byManyCallers(log, { ...practice, samples: CALLERS * PRACTICE_ROUNDS })
}

type Limits = Pick<PeerJob, 'samples' | 'budgetMs'>

const WORKS: Readonly<Record<PeerWork, (log: PeerLog, job: PeerJob) => Promise<PeerTimes>>> = {
  pipelined,
  'one-at-a-time': singly,
  '64-callers': byManyCallers,
}

async function pipelined(log: PeerLog, { records }: PeerJob): Promise<PeerTimes> {
  const started = performance.now()
  await log.appendMany(records)
  return { records, seconds: (performance.now() - started) / 1000, latency: null }
}

async function singly(log: PeerLog, { samples, budgetMs }: Limits): Promise<PeerTimes> {
  const durations = new Durations()
  const began = performance.now()
  let started = began
  while (durations.count < samples && started - began <= budgetMs) {
    const waiting = log.appendOne()
    // Who answers at once is not made to wait for a turn of the event loop.
    if (waiting !== undefined) await waiting
    const ended = performance.now()
    durations.record(started, ended)
    started = ended
  }
  return { records: durations.count, seconds: (started - began) / 1000, latency: durations.recording() }
}

async function byManyCallers(log: PeerLog, { samples, budgetMs }: Limits): Promise<PeerTimes> {
  const durations = new Durations()
  const began = performance.now()
  let begun = 0
  const call = async (): Promise<void> => {
    let started = performance.now()
    while (begun < samples && started - began <= budgetMs) {
      begun++
      await log.appendAmongOthers()
      const ended = performance.now()
      durations.record(started, ended)
      started = ended
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, call))
  return { records: durations.count, seconds: (performance.now() - began) / 1000, latency: durations.recording() }
}
