import { writeSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Appender } from '../../src/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { LINE_END, type ProducerOrder, REPORT_PIPE } from './crash-protocol.ts'
import { Workload } from './workload.ts'

const BURST_MAX = 100
const WAIT_MS_MAX = 60_000
/** Under `never`, the longest pause before another flush. */
const FLUSH_MS_MAX = 15

/**
 * Appends until the process is killed, and reports what it was told is durable. Odd producers block while they wait, even
 * ones go on appending.
 */
export class CrashProducer {
  private readonly wal: Appender
  private readonly producer: number
  private readonly policy: ProducerOrder['order']['policy']
  private readonly options: { readonly type: number; readonly key: number }
  private readonly workload: Workload
  private readonly random: SeededRandom
  private appended = 0

  constructor(wal: Appender, { producer, order }: ProducerOrder) {
    this.wal = wal
    this.producer = producer
    this.policy = order.policy
    this.options = { type: producer, key: order.life }
    this.workload = new Workload(order.seed, order.life, producer)
    this.random = new SeededRandom(order.life * 64 + producer)
  }

  async run(): Promise<never> {
    const isBlocking = this.producer % 2 === 1 && this.policy !== 'never'
    this.burst()
    if (!isBlocking) this.acknowledge().catch(fail)
    for (;;) {
      this.burst()
      if (isBlocking) this.waitBlocking()
      else await setImmediate()
    }
  }

  private burst(): void {
    for (let left = this.random.between(1, BURST_MAX); left > 0; left--) {
      const portion = this.workload.next()
      if (portion.length === 1) this.wal.appendBytes(portion[0]!, this.options)
      else this.wal.appendBytesBatch(portion.map((bytes) => ({ ...this.options, bytes })))
      this.appended += portion.length
    }
  }

  private waitBlocking(): void {
    const { appended } = this
    const { lastLsn } = this.wal
    this.wal.waitDurable(lastLsn, WAIT_MS_MAX)
    this.report(appended, lastLsn)
  }

  private async acknowledge(): Promise<never> {
    for (;;) {
      if (this.policy === 'never') await setTimeout(this.random.between(0, FLUSH_MS_MAX))
      const { appended } = this
      const { lastLsn } = this.wal
      await (this.policy === 'never' ? this.wal.flush() : this.wal.durable(lastLsn))
      this.report(appended, lastLsn)
      await setImmediate()
    }
  }

  private report(appended: number, lsn: number): void {
    say(`ack ${this.producer} ${appended} ${lsn}`)
  }
}

export function say(line: string): void {
  writeSync(REPORT_PIPE, `${line} ${LINE_END}\n`)
}

/** Nothing may fail in a victim but by its death. */
export function fail(error: unknown): never {
  say(
    `failed ${JSON.stringify(error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2000)}`,
  )
  process.exit(1)
}
