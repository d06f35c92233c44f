/** How much each measurement does. Milliseconds and samples: whichever ends first. */
export interface Effort {
  readonly singles: number
  readonly waking: number
  readonly bursts: number
  readonly burstRecords: number
  readonly latencySamples: number
  readonly callerSamples: number
  readonly latencyBudgetMs: number
  readonly openLoopSeconds: number
  /** For each size of batch. */
  readonly diskBudgetMs: number
  readonly diskFileBytes: number
  /** Records in the log of the lifetime section at which to measure, ascending. */
  readonly stations: readonly number[]
  /** For each micro-benchmark. */
  readonly microMs: number
}

export const FULL_EFFORT: Effort = {
  singles: 10_000,
  waking: 600,
  bursts: 40,
  burstRecords: 10_000,
  latencySamples: 1000,
  callerSamples: 20_000,
  latencyBudgetMs: 450,
  openLoopSeconds: 1,
  diskBudgetMs: 250,
  diskFileBytes: 256 << 20,
  stations: [1e5, 1e6, 1e7],
  microMs: 100,
}

export const QUICK_EFFORT: Effort = {
  singles: 1000,
  waking: 100,
  bursts: 5,
  burstRecords: 2000,
  latencySamples: 100,
  callerSamples: 1000,
  latencyBudgetMs: 60,
  openLoopSeconds: 0.1,
  diskBudgetMs: 30,
  diskFileBytes: 16 << 20,
  stations: [1e4, 1e5],
  microMs: 10,
}

/** What `--long` adds: 17 GB of file at 128 B. */
export const LONG_STATION = 1e8
