import type { SyncPolicy } from '../src/index.ts'
import type { Machine } from './machine.ts'
import type { Spread } from './statistics.ts'

/** Everything that one run of the benchmark measured: what `--json` prints, and what tables and page are made of. */
export interface BenchResult {
  readonly version: 1
  /** ISO 8601. */
  readonly started: string
  readonly seconds: number
  /** Of every figure; they took turns. */
  readonly runs: number
  readonly machine: Machine
  readonly throughput: readonly ThroughputFigure[]
  readonly appendCost: readonly AppendCostFigure[]
  readonly latency: readonly LatencyFigure[]
  readonly openLoop: readonly OpenLoopFigure[]
  readonly disk: readonly DiskFigure[]
  readonly lifetime: readonly LifetimeFigure[]
  readonly reading: readonly ReadingFigure[]
  readonly opening: readonly OpeningFigure[]
  readonly micro: readonly MicroFigure[]
  readonly peers: readonly PeerFigure[]
  /** What was asked for and not measured, and why: fio, a peer that is not installed. */
  readonly skipped: readonly Skipped[]
  readonly claims: readonly Claim[]
}

export interface Skipped {
  readonly what: string
  readonly reason: string
}

/** `any` goes through `append`, `declared` through `appendRecord`, `bytes` through `appendBytes`. */
export type Encoding = 'bytes' | 'declared' | 'any'

/** Closed loop at full speed, from the first append until all is durable. */
export interface ThroughputFigure {
  readonly policy: SyncPolicy
  /** Payload bytes. */
  readonly size: number
  /** Threads that append. */
  readonly producers: number
  readonly encoding: Encoding
  readonly records: number
  readonly recordsPerSecond: Spread
  readonly payloadMBPerSecond: Spread
  readonly fileMBPerSecond: Spread
  /** The append loop alone, ns of one producer's thread for each of its records. */
  readonly producerNs: Spread
  readonly batchBytes: Spread
  readonly syncs: Spread
  /** File bytes per second over those of a bare loop that writes and syncs as the log did, and of one in 1 MiB. */
  readonly ratioToBareAlike: Spread
  readonly ratioToBareMiB: Spread
}

/** What an append costs the thread that calls it, in ns. */
export interface AppendCostFigure {
  readonly policy: SyncPolicy
  readonly size: number
  readonly encoding: Encoding
  /** Mean over bursts that fit the ring. */
  readonly burstNs: Spread
  /** One at a time while the writer is awake; each holds one reading of the timer. */
  readonly single: Distribution
  /** One at a time, each waking the writer. */
  readonly waking: Distribution
  /** Two readings of the timer with nothing in between. */
  readonly timer: Distribution
  /** `JSON.stringify` of the same value, in bursts; null for `bytes`. */
  readonly jsonNs: Spread | null
}

/** Percentiles over all runs together, in ns, from an HDR histogram; `curve` is for drawing. */
export interface Distribution {
  readonly samples: number
  readonly p50: Spread | null
  readonly p99: Spread | null
  readonly p999: Spread | null
  readonly max: number
  /** Pairs of percentile (0 to 100) and ns, ascending, all runs merged. */
  readonly curve: readonly (readonly [percent: number, ns: number])[]
}

/** Closed loop: each caller waits until its record is durable before it appends the next. */
export interface LatencyFigure {
  /** `bare` is pwrite + fdatasync of the record's own bytes to a prefilled file. */
  readonly how: 'waitDurable' | 'durable' | 'flush' | 'appendDurable' | 'bare' | 'bare-page'
  readonly policy: SyncPolicy
  readonly size: number
  readonly callers: number
  readonly recordsPerSecond: Spread
  readonly latency: Distribution
}

/** Open loop: appends start when the plan says so, late or not, and the time counts from the plan. */
export interface OpenLoopFigure {
  readonly policy: SyncPolicy
  readonly size: number
  /** Records a second that were planned, and that were done. */
  readonly rate: number
  readonly achieved: Spread
  /** From the planned time until `append` returned, and until the record was durable. */
  readonly accepted: Distribution
  readonly durable: Distribution
}

/** What the disk can do without a log. */
export interface DiskFigure {
  readonly tool: 'node' | 'fio'
  readonly file: 'prefilled' | 'growing'
  /** Bytes written before each sync. */
  readonly batchBytes: number
  readonly MBPerSecond: Spread
  readonly syncsPerSecond: Spread
  readonly latency: Distribution
}

/** What a record costs while the log grows, and what memory the process holds then. */
export interface LifetimeFigure {
  /** Records in the log at the end of this part. */
  readonly records: number
  /** Of the engine's thread, in bursts that fit the ring. */
  readonly nsPerRecord: Spread
  /** At full speed from the part before on, until all was durable; the zeros of new segments are in it. */
  readonly fillNs: Spread
  readonly rssMiB: Spread
}

export interface ReadingFigure {
  readonly what: 'verify' | 'read' | 'replay'
  readonly workers: number
  readonly records: number
  readonly bytes: number
  readonly recordsPerSecond: Spread
  readonly GBPerSecond: Spread
  readonly rssMiB: Spread
}

export interface OpeningFigure {
  readonly after: 'close' | 'SIGKILL'
  readonly logBytes: number
  readonly milliseconds: Spread
}

/** A tinybench task. */
export interface MicroFigure {
  readonly group: string
  readonly name: string
  readonly nsPerOperation: Spread
}

/** The work that every peer does in the same way, each record durable before it counts. */
export type PeerWork = 'pipelined' | 'one-at-a-time' | '64-callers'

export interface PeerFigure {
  /** `ringwal` stands among them. */
  readonly peer: string
  readonly version: string
  /** What its acknowledgement promises, in one line. */
  readonly promise: string
  /** False where an acknowledged record may be lost with the power: it stands beside the others, and is no rival. */
  readonly durable?: false
  /** True for the log itself opened in another way than as `ringwal`: no rival either. */
  readonly ours?: true
  /** True where bytes are kept and not records: no frame and no check, so nothing tells a torn record from a whole one. */
  readonly frameless?: true
  readonly work: PeerWork
  readonly size: number
  readonly recordsPerSecond: Spread
  readonly latency: Distribution | null
}

/** A promise about the log's speed, and what came of it in this run. */
export interface Claim {
  readonly name: string
  /** With its unit and its direction: "at least 4 M/s". */
  readonly target: string
  readonly measured: string
  readonly holds: boolean
}
