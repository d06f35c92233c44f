import type { BenchResult } from '../result.ts'

/** One measurement, or a few that belong to one another; each is done once in every run. */
export interface Step {
  readonly what: string
  /** What it is thought to take, before it was done once: for the estimate of the time left. */
  readonly seconds: number
  run(): Promise<void>
}

/** One part of the result, and what it takes to have it. */
export interface Section {
  /** Done once, before the first run: logs that are read or opened in each. */
  readonly prepare?: readonly Step[]
  readonly steps: readonly Step[]
  /** When all runs are over. */
  figures(): Partial<BenchResult>
}
