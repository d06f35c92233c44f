import type { SyncPolicy } from '../../src/index.ts'
import type { KillResult } from './trial.ts'

/** All kills under one sync policy. Counts are sums; times are those of the slowest recovery. */
export interface PolicySummary {
  readonly policy: SyncPolicy
  readonly kills: number
  readonly appended: number
  readonly acknowledged: number
  readonly recovered: number
  readonly lostAcknowledged: number
  readonly beyond: number
  readonly openMs: number
  readonly replayMs: number
  /** Kills after which something was not as the model says. */
  readonly failures: number
}

/** A summary for each policy, in the order in which they were tried. */
export function summarize(results: readonly KillResult[]): readonly PolicySummary[] {
  const policies = new Set(results.map(({ policy }) => policy))
  return [...policies].map((policy) => summarizePolicy(policy, results))
}

function summarizePolicy(policy: SyncPolicy, results: readonly KillResult[]): PolicySummary {
  const own = results.filter((result) => result.policy === policy)
  const sum = (pick: (result: KillResult) => number): number => own.reduce((total, result) => total + pick(result), 0)
  const slowest = own.toSorted((a, b) => b.openMs + b.replayMs - a.openMs - a.replayMs)[0]
  return {
    policy,
    kills: own.length,
    appended: sum((result) => result.appended),
    acknowledged: sum((result) => result.acknowledged),
    recovered: sum((result) => result.recovered),
    lostAcknowledged: sum((result) => result.lostAcknowledged),
    beyond: sum((result) => result.beyond),
    openMs: slowest?.openMs ?? 0,
    replayMs: slowest?.replayMs ?? 0,
    failures: sum((result) => (isFailed(result) ? 1 : 0)),
  }
}

export function isFailed(result: KillResult): boolean {
  return result.problem !== null || result.lostAcknowledged > 0
}
