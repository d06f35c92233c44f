/** Runs cases in a thread of their own and watches it: that it does not hang, grow or die. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { WorkerOrder, WorkerReport } from './fuzz-worker.ts'
import { InputMaker } from './make-input.ts'

export interface FuzzPlan {
  readonly seed: number
  readonly first: number
  /** Number behind the last case. */
  readonly end: number
  readonly seconds: number
}

export interface FuzzResult extends Omit<WorkerReport, 'finding'> {
  readonly seconds: number
  /** The most that the process grew by once it was warm, in bytes. */
  readonly growth: number
  /** What did not hold, in which case, and where its input was saved. */
  readonly finding: { readonly number: number; readonly text: string; readonly saved: string } | undefined
}

/** A case this old hangs. Far above the bound that a case is held to when it ends. */
const HANG_MS = 60_000
const LOOK_MS = 200
/** The heap of the thread that does the cases, at most: what is kept from case to case fills it. */
const HEAP_MIB = 256
const GROWTH_MAX = 768 << 20
const WARM_MS = 3000

const NOTHING_DONE = { cases: 0, records: 0, damage: 0, refusals: new Map<string, number>() }

export async function runFuzz({ seed, first, end, seconds }: FuzzPlan): Promise<FuzzResult> {
  const status = new SharedArrayBuffer(8)
  const started = performance.now()
  const order: WorkerOrder = { seed, first, end, deadline: Date.now() + seconds * 1000, status }
  const worker = new Worker(new URL('./fuzz-worker.js', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  })
  const watch = new Watch(new Float64Array(status))
  const report = await outcomeOf(worker, watch)
  await worker.terminate()
  const { finding: text, ...counts } = report
  const number = new Float64Array(status)[0]!
  const finding = text === undefined ? undefined : { number, text, saved: saveInput(seed, number) }
  return { ...counts, seconds: (performance.now() - started) / 1000, growth: watch.growth, finding }
}

/** Looks at the number of the case, and at the size of the process, now and then. */
class Watch {
  growth = 0
  private readonly status: Float64Array
  private readonly started = performance.now()
  private number = -1
  private since = performance.now()
  private warm: number | undefined

  constructor(status: Float64Array) {
    this.status = status
  }

  /** @returns what is wrong */
  look(): string | undefined {
    const now = performance.now()
    const number = this.status[0]!
    if (number !== this.number) this.since = now
    this.number = number
    const size = process.memoryUsage.rss()
    if (now - this.started > WARM_MS) this.warm ??= size
    this.growth = Math.max(this.growth, size - (this.warm ?? size))
    if (now - this.since > HANG_MS) return `no end after ${HANG_MS} ms`
    return this.growth > GROWTH_MAX ? `the process grew by ${this.growth} bytes` : undefined
  }
}

function outcomeOf(worker: Worker, watch: Watch): Promise<WorkerReport> {
  return new Promise((resolve) => {
    const end = (report: WorkerReport): void => {
      clearInterval(timer)
      resolve(report)
    }
    const fail = (finding: string): void => end({ ...NOTHING_DONE, finding })
    const timer = setInterval(() => {
      const wrong = watch.look()
      if (wrong !== undefined) fail(wrong)
    }, LOOK_MS)
    worker.once('message', end)
    worker.once('error', (error) => fail(`the thread died: ${error.stack ?? error.message}`))
    worker.once('exit', (code) => fail(`the thread ended with ${code}`))
  })
}

/** The files as they are in the directory, the others as empty ones. @returns the directory */
function saveInput(seed: number, number: number): string {
  const dir = mkdtempSync(join(tmpdir(), `ringwal-fuzz-${seed}-${number}-`))
  for (const { name, kind, bytes } of new InputMaker().make(seed, number)) {
    const safe = encodeURIComponent(name)
    if (kind === 'file') writeFileSync(join(dir, safe), bytes)
    else writeFileSync(join(dir, `${safe}.${kind}`), '')
  }
  return dir
}
