import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Wal } from '../../src/index.ts'
import type { LogJob } from './job.ts'
import type { ProducerTask } from './producer-thread.ts'

/** Records with which each helper warms up its own compiled code. */
const PRACTICE_RECORDS = 20_000
const PRACTICE_BYTES = 8 << 20

/** Threads that append beside the one that opened the log, and begin when it does. */
export class ProducerTeam {
  /** What they append in all, and before that as practice. */
  readonly records: number
  readonly practiceRecords: number
  private readonly job: LogJob
  private readonly helpers: number
  private readonly share: number
  private readonly practiceShare: number
  private readonly gate: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4))
  private readonly threads: Worker[] = []

  /** @param share records of each helper */
  constructor(job: LogJob, helpers: number, share: number) {
    this.job = job
    this.helpers = helpers
    this.share = share
    this.practiceShare = Math.max(1, Math.min(PRACTICE_RECORDS, Math.floor(PRACTICE_BYTES / job.size)))
    this.records = helpers * share
    this.practiceRecords = helpers * this.practiceShare
  }

  /** Starts the threads; when it resolves they have practised, and wait at the gate. */
  async attach(wal: Wal): Promise<void> {
    for (let i = 0; i < this.helpers; i++) {
      const port = wal.producer()
      const { encoding, size } = this.job
      const { share: records, practiceShare: practice, gate } = this
      const task: ProducerTask = { port, encoding, size, practice, records, gate }
      const url = new URL('./producer-thread.js', import.meta.url)
      this.threads.push(new Worker(url, { workerData: task, transferList: [port] }))
    }
    await Promise.all(this.threads.map((thread) => once(thread, 'message')))
  }

  /** Opens the gate. */
  go(): void {
    Atomics.store(this.gate, 0, 1)
    Atomics.notify(this.gate, 0)
  }

  /** Resolves when all that they appended is durable: to the ns of each for each of its records. */
  async done(): Promise<number[]> {
    const answers = await Promise.all(this.threads.map((thread) => once(thread, 'message')))
    return answers.map(([ns]) => ns as number)
  }
}
