import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SyncPolicy } from '../src/index.ts'
import type { AppendCost } from './append-cost.ts'
import type { BareStream } from './disk.ts'
import type { DurableLatency } from './durable-latency.ts'
import { measureAlone } from './isolate.ts'
import { type BenchOptions, recordsAt } from './options.ts'
import { settle } from './quiet-log.ts'
import type { Throughput } from './throughput.ts'

/** A log, and the bare loops that ran just after it. */
export interface ThroughputRun {
  readonly log: Throughput
  /** Writes of 1 MiB, a sync after each. */
  readonly bareMiB: BareStream
  /** Writes and syncs as large as the log's own were, in the mean. */
  readonly bareAlike: BareStream
}

/** All runs under one policy with one size. */
export interface Cell {
  readonly policy: SyncPolicy
  readonly size: number
  readonly throughput: ThroughputRun[]
  readonly appendCost: AppendCost[]
  readonly durableLatency: DurableLatency[]
}

/** A log that was kept, and the records that were appended to it. */
export interface KeptLog {
  readonly dir: string
  readonly records: number
}

export interface SuiteResult {
  readonly cells: readonly Cell[]
  readonly logs: readonly KeptLog[]
}

const MIB = 1 << 20

/** Every measurement, run after run: a change of the weather strikes all policies, the bare loops included. */
export class Suite {
  private readonly options: BenchOptions
  private readonly root: string
  private readonly onProgress: (done: number, total: number, what: string) => void
  private readonly logs: KeptLog[] = []
  private made = 0

  constructor(options: BenchOptions, root: string, onProgress: (done: number, total: number, what: string) => void) {
    this.options = options
    this.root = root
    this.onProgress = onProgress
  }

  async run(): Promise<SuiteResult> {
    const { sizes, policies, runs } = this.options
    const cells = sizes.flatMap((size) => policies.map((policy) => newCell(policy, size)))
    let done = 0
    for (let run = 1; run <= runs; run++) {
      for (const cell of cells) {
        this.onProgress(done++, runs * cells.length, `run ${run} of ${runs}: ${cell.policy}, ${cell.size} B`)
        cell.throughput.push(await this.throughput(cell))
        cell.appendCost.push(await this.appendCost(cell))
        cell.durableLatency.push(await this.durableLatency(cell))
      }
    }
    return { cells, logs: this.logs }
  }

  private async throughput({ policy, size }: Cell): Promise<ThroughputRun> {
    const records = recordsAt(this.options, size)
    const dir = this.place(`throughput-${policy}-${size}`)
    const log = await measureAlone<'throughput'>({ kind: 'throughput', dir, policy, size, records })
    this.discard(dir, log.recordsInLog)
    const bytes = log.fileBytes
    const whole = { writeBytes: MIB, syncBytes: MIB }
    const alike = { writeBytes: mean(bytes, log.batches), syncBytes: mean(bytes, log.syncs) }
    const work = { file: this.place('bare-stream'), bytes, patterns: [whole, alike] }
    const [bareMiB, bareAlike] = await measureAlone<'bare-stream'>({ kind: 'bare-stream', ...work })
    settle(this.root)
    return { log, bareMiB: bareMiB!, bareAlike: bareAlike! }
  }

  private async appendCost({ policy, size }: Cell): Promise<AppendCost> {
    const { singles, sparse, bursts, burstRecords } = this.options.effort
    const dir = this.place(`append-cost-${policy}-${size}`)
    const work = { singles, sparse, bursts, burstRecords }
    const cost = await measureAlone<'append-cost'>({ kind: 'append-cost', dir, policy, size, ...work })
    this.discard(dir, cost.recordsInLog)
    return cost
  }

  private async durableLatency({ policy, size }: Cell): Promise<DurableLatency> {
    const { latencySamples: samples, latencyBudgetMs: budgetMs } = this.options.effort
    const dir = this.place(`durable-latency-${policy}-${size}`)
    const work = { dir, policy, size, samples, budgetMs }
    const latency = await measureAlone<'durable-latency'>({ kind: 'durable-latency', ...work })
    this.discard(dir, latency.recordsInLog)
    return latency
  }

  private place(name: string): string {
    this.made++
    return join(this.root, `${String(this.made).padStart(3, '0')}-${name}`)
  }

  /** What freeing the blocks costs the disk is not to fall into the next measurement. */
  private discard(dir: string, records: number): void {
    if (this.options.keep) this.logs.push({ dir, records })
    else rmSync(dir, { recursive: true })
    settle(this.root)
  }
}

function newCell(policy: SyncPolicy, size: number): Cell {
  return { policy, size, throughput: [], appendCost: [], durableLatency: [] }
}

function mean(bytes: number, count: number): number {
  return Math.max(1, Math.round(bytes / Math.max(1, count)))
}
