import type { SyncPolicy } from '../src/index.ts'
import type { AppendCost, AppendCostJob } from './append-cost.ts'
import type { BareStream, BareStreamJob } from './disk.ts'
import type { DurableLatency, DurableLatencyJob } from './durable-latency.ts'
import type { Throughput, ThroughputJob } from './throughput.ts'

/** What every measurement of the log is told. */
export interface LogJob {
  /** A fresh directory for the log. */
  readonly dir: string
  readonly policy: SyncPolicy
  /** Payload bytes of each record. */
  readonly size: number
}

/** One measurement, done by a child process of its own. */
export type Job = ThroughputJob | AppendCostJob | DurableLatencyJob | BareStreamJob

/** What each kind of measurement returns. */
export interface Results {
  readonly throughput: Throughput
  readonly 'append-cost': AppendCost
  readonly 'durable-latency': DurableLatency
  readonly 'bare-stream': readonly BareStream[]
}

/** What a child answers. */
export type Answer<K extends keyof Results> = { readonly result: Results[K] } | { readonly failure: string }
