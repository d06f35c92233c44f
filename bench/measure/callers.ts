import type { Wal } from '../../src/index.ts'
import { Durations } from '../statistics.ts'
import type { Waits } from './closed-loop.ts'
import type { LogJob } from './job.ts'
import { closeAndCount, openQuietLog } from './quiet-log.ts'

/** So many callers in flight, one number after another. Each awaits `appendDurable` before it appends again. */
export interface CallersJob extends LogJob {
  readonly kind: 'callers'
  readonly callers: readonly number[]
  /** For each number of callers: at most so many samples, and none begun after so long. */
  readonly samples: number
  readonly budgetMs: number
}

export interface Callers {
  /** In the order of the job. */
  readonly waits: readonly Waits[]
}

const PRACTICE_ROUNDS = 20

/** The value is bytes, before which MessagePack puts 2 to 5 bytes. */
export async function measureCallers(job: CallersJob): Promise<Callers> {
  const { callers, samples, budgetMs, size } = job
  const practice = callers.reduce((sum, many) => sum + PRACTICE_ROUNDS * many, 0)
  const value = new Uint8Array(size).fill(5)
  const records = (samples + Math.max(...callers)) * callers.length + practice
  const { wal } = await openQuietLog({ ...job, size: size + 8 }, records * 2, async (log) => {
    if (job.policy === 'interval') return
    for (const many of callers) await callAtOnce(log.wal, value, many, PRACTICE_ROUNDS * many, budgetMs)
  })
  const waits: Waits[] = []
  for (const many of callers) waits.push(await callAtOnce(wal, value, many, samples, budgetMs))
  await closeAndCount(wal, wal.lastLsn)
  return { waits }
}

async function callAtOnce(
  wal: Wal,
  value: Uint8Array,
  callers: number,
  samples: number,
  budgetMs: number,
): Promise<Waits> {
  const durations = new Durations()
  const began = performance.now()
  let begun = 0
  const call = async (): Promise<void> => {
    let started = performance.now()
    while (begun < samples && started - began <= budgetMs) {
      begun++
      await wal.appendDurable(value)
      const ended = performance.now()
      durations.record(started, ended)
      started = ended
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  const seconds = (performance.now() - began) / 1000
  return { recordsPerSecond: durations.count / seconds, latency: durations.recording() }
}
