import type { SyncPolicy } from '../src/index.ts'
import { type Percentiles, type Spread, spread, spreadOfKnown } from './statistics.ts'
import type { Cell } from './suite.ts'

/** One policy and one size over all runs. Ratios are taken within each run, and then over the runs. */
export interface Summary {
  readonly policy: SyncPolicy
  readonly size: number
  readonly records: number
  readonly recordsPerSecond: Spread
  readonly payloadMBPerSecond: Spread
  readonly fileMBPerSecond: Spread
  readonly producerNs: Spread
  readonly batchBytes: Spread
  readonly syncs: Spread
  readonly bareMiBMBPerSecond: Spread
  readonly bareAlikeMBPerSecond: Spread
  /** File bytes per second of the log, divided by those of the bare loop. */
  readonly ratioToBareMiB: Spread
  readonly ratioToBareAlike: Spread
  readonly appendBurstNs: Spread
  readonly appendSingleNs: PercentileSpreads
  readonly appendSparseNs: PercentileSpreads
  readonly timerNs: PercentileSpreads
  readonly blockingNs: PercentileSpreads
  readonly promiseNs: PercentileSpreads
  readonly flushNs: PercentileSpreads
  readonly bareRecordNs: PercentileSpreads
  readonly barePageNs: PercentileSpreads
}

export interface PercentileSpreads {
  /** Over all runs together. */
  readonly samples: number
  readonly p50: Spread | null
  readonly p99: Spread | null
  readonly p999: Spread | null
}

/** A promise about the log's speed, and what came of it in this run. */
export interface Claim {
  readonly policy: SyncPolicy
  readonly size: number
  /** Durable records per second, end to end. */
  readonly target: number
  readonly recordsPerSecond: Spread
  readonly ratioToBareMiB: Spread
  readonly ratioToBareAlike: Spread
  readonly holds: boolean
}

const TARGETS = [
  { policy: 'interval', size: 128, target: 6_000_000 },
  { policy: 'always', size: 128, target: 5_000_000 },
] as const

export function summarize({ policy, size, throughput, appendCost, durableLatency }: Cell): Summary {
  const logs = throughput.map((run) => run.log)
  return {
    policy,
    size,
    records: logs[0]?.records ?? 0,
    recordsPerSecond: spread(logs.map((log) => log.recordsPerSecond)),
    payloadMBPerSecond: spread(logs.map((log) => log.payloadMBPerSecond)),
    fileMBPerSecond: spread(logs.map((log) => log.fileMBPerSecond)),
    producerNs: spread(logs.map((log) => log.producerNs)),
    batchBytes: spread(logs.map((log) => log.fileBytes / log.batches)),
    syncs: spread(logs.map((log) => log.syncs)),
    bareMiBMBPerSecond: spread(throughput.map((run) => run.bareMiB.MBPerSecond)),
    bareAlikeMBPerSecond: spread(throughput.map((run) => run.bareAlike.MBPerSecond)),
    ratioToBareMiB: spread(throughput.map(({ log, bareMiB }) => log.fileMBPerSecond / bareMiB.MBPerSecond)),
    ratioToBareAlike: spread(throughput.map(({ log, bareAlike }) => log.fileMBPerSecond / bareAlike.MBPerSecond)),
    appendBurstNs: spread(appendCost.map((cost) => cost.burstNs)),
    appendSingleNs: overRuns(appendCost.map((cost) => cost.single)),
    appendSparseNs: overRuns(appendCost.map((cost) => cost.sparse)),
    timerNs: overRuns(appendCost.map((cost) => cost.timer)),
    blockingNs: overRuns(durableLatency.map((run) => run.blocking)),
    promiseNs: overRuns(durableLatency.map((run) => run.promise)),
    flushNs: overRuns(durableLatency.map((run) => run.flush)),
    bareRecordNs: overRuns(durableLatency.map((run) => run.bareRecord)),
    barePageNs: overRuns(durableLatency.map((run) => run.barePage)),
  }
}

/** The claims about what was measured. */
export function judge(summaries: readonly Summary[]): Claim[] {
  const claims: Claim[] = []
  for (const { policy, size, target } of TARGETS) {
    const found = summaries.find((summary) => summary.policy === policy && summary.size === size)
    if (found === undefined) continue
    const { recordsPerSecond, ratioToBareMiB, ratioToBareAlike } = found
    const holds = recordsPerSecond.median >= target
    claims.push({ policy, size, target, recordsPerSecond, ratioToBareMiB, ratioToBareAlike, holds })
  }
  return claims
}

function overRuns(runs: readonly Percentiles[]): PercentileSpreads {
  return {
    samples: runs.reduce((sum, run) => sum + run.samples, 0),
    p50: spreadOfKnown(runs.map((run) => run.p50)),
    p99: spreadOfKnown(runs.map((run) => run.p99)),
    p999: spreadOfKnown(runs.map((run) => run.p999)),
  }
}
