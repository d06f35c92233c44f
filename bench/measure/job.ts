import type { SyncPolicy } from '../../src/index.ts'
import type { Encoding } from '../result.ts'
import type { AppendCost, AppendCostJob } from './append-cost.ts'
import type { BareDisk, BareDiskJob } from './bare-disk.ts'
import type { BareStream, BareStreamJob } from './bare-stream.ts'
import type { Callers, CallersJob } from './callers.ts'
import type { DurableLatency, DurableLatencyJob } from './durable-latency.ts'
import type { Lifetime, LifetimeJob } from './lifetime.ts'
import type { MadeLog, MakeEventsJob, MakeLogJob } from './make-log.ts'
import type { Micro, MicroJob } from './micro.ts'
import type { OpenLoop, OpenLoopJob } from './open-loop.ts'
import type { Opening, OpeningJob, VictimJob } from './opening.ts'
import type { Reading, ReadingJob } from './reading.ts'
import type { Throughput, ThroughputJob } from './throughput.ts'

/** What every measurement that writes a log is told. */
export interface LogJob {
  /** A fresh directory for the log. */
  readonly dir: string
  readonly policy: SyncPolicy
  /** Payload bytes of each record. Of an encoding but `bytes`, those that it gives. */
  readonly size: number
  readonly encoding: Encoding
}

/** One measurement, done by a child process of its own. */
export type Job =
  | ThroughputJob
  | AppendCostJob
  | DurableLatencyJob
  | CallersJob
  | OpenLoopJob
  | BareStreamJob
  | BareDiskJob
  | LifetimeJob
  | MakeLogJob
  | MakeEventsJob
  | ReadingJob
  | OpeningJob
  | VictimJob
  | MicroJob

/** What each kind of measurement returns. */
export interface Results {
  readonly throughput: Throughput
  readonly 'append-cost': AppendCost
  readonly 'durable-latency': DurableLatency
  readonly callers: Callers
  readonly 'open-loop': OpenLoop
  readonly 'bare-stream': readonly BareStream[]
  readonly 'bare-disk': readonly BareDisk[]
  readonly lifetime: Lifetime
  readonly 'make-log': MadeLog
  readonly 'make-events': MadeLog
  readonly reading: Reading
  readonly opening: Opening
  readonly victim: undefined
  readonly micro: readonly Micro[]
}

/** What a child answers. */
export type Answer<K extends keyof Results> = { readonly result: Results[K] } | { readonly failure: string }
