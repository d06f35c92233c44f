import type { Recording } from '../statistics.ts'
import type { LogJob } from './job.ts'
import { acceptedAfter, durableAfter, Pacer } from './pacer.ts'
import { closeAndCount, openQuietLog, type QuietLog } from './quiet-log.ts'

export interface OpenLoopJob extends LogJob {
  readonly kind: 'open-loop'
  /** Records a second. */
  readonly rate: number
  readonly seconds: number
}

/** One run at a fixed rate, whether or not the log keeps up. Every time counts from the moment that was planned. */
export interface OpenLoop {
  /** Records a second that were accepted. */
  readonly achieved: number
  readonly accepted: Recording
  /** Holds nothing under `never`, where nothing becomes durable by itself. */
  readonly durable: Recording
}

const PRACTICE_RATE = 500_000
const PRACTICE_SECONDS = 0.04

export async function measureOpenLoop(job: OpenLoopJob): Promise<OpenLoop> {
  const plan = { rate: job.rate, records: Math.max(1, Math.round(job.rate * job.seconds)) }
  const practice = { rate: PRACTICE_RATE, records: PRACTICE_RATE * PRACTICE_SECONDS }
  const pace = ({ wal, load }: QuietLog, pacer: Pacer): void => pacer.run(() => load.append(wal), wal)
  const log = await openQuietLog(job, practice.records + 2 * plan.records, async (quiet) => {
    pace(quiet, new Pacer(practice, job.policy !== 'never'))
  })
  const pacer = new Pacer(plan, job.policy !== 'never')
  pace(log, pacer)
  await closeAndCount(log.wal, log.wal.lastLsn)
  return { achieved: pacer.achieved, accepted: acceptedAfter(pacer), durable: durableAfter(pacer) }
}
