import { RingwalError } from '../../src/errors.ts'
import type { SyncPolicy } from '../../src/index.ts'
import type { EngineClient } from './engine-client.ts'
import type { EngineRecord } from './engine-record.ts'
import type { EventStream } from './events.ts'
import { countOf, type LaneLsns } from './lane-lsns.ts'
import { roundsOf } from './rounds.ts'

/** Under `never`, rounds after which the engine is asked for a sync. */
const FLUSH_ROUNDS = 2

/** Feeds an engine from the input, on several connections at a time, until it is killed. */
export class Feeder {
  private readonly client: EngineClient
  private readonly policy: SyncPolicy
  private readonly stream: EventStream
  /** What the engine gave as an LSN, and how much of it, from the start, it told to be durable. */
  private readonly lsns: number[][]
  private durable: number[]
  private isOver = false
  private readonly first: Promise<void>
  private begin: () => void = () => {}

  /** @param logged what is in the log already: it goes on behind it */
  constructor(client: EngineClient, policy: SyncPolicy, stream: EventStream, logged: LaneLsns) {
    this.client = client
    this.policy = policy
    this.stream = stream
    this.lsns = logged.map((lane) => [...lane])
    this.durable = logged.map(({ length }) => length)
    this.first = new Promise((resolve) => {
      this.begin = resolve
    })
  }

  /** What was told to be durable. */
  get told(): LaneLsns {
    return this.lsns.map((lane, i) => lane.slice(0, this.durable[i]))
  }

  /** How many records that is. */
  get acknowledged(): number {
    return this.durable.reduce((sum, count) => sum + count, 0)
  }

  /** LSNs of all records that the engine took. */
  get given(): LaneLsns {
    return this.lsns
  }

  /** How many records the engine took, those included that were logged before. */
  get accepted(): number {
    return countOf(this.lsns)
  }

  /** Resolves when the engine has taken something. */
  begun(): Promise<void> {
    return this.first
  }

  /** From now on the engine may be gone at any time. */
  expectDeath(): void {
    this.isOver = true
  }

  /** Resolves when the engine is gone, and all has been heard that it said. @throws if it refuses something, or is gone too early */
  async run(): Promise<void> {
    const logged = this.lsns.map(({ length }) => length)
    let rounds = 0
    for (const round of roundsOf(this.stream)) {
      const lanes = round.map((batches, lane) => this.feedLane(lane, withoutFirst(batches, logged, lane)))
      if (isEnd(await Promise.allSettled(lanes), this.isOver)) return
      if (this.policy !== 'never' || ++rounds % FLUSH_ROUNDS !== 0) continue
      if (isEnd(await Promise.allSettled([this.flush()]), this.isOver)) return
    }
  }

  /** Sends one batch after the other. The last one's answer tells of all before it. */
  private async feedLane(lane: number, batches: readonly EngineRecord[][]): Promise<void> {
    for (const [i, batch] of batches.entries()) {
      const ack = i === batches.length - 1 && this.policy !== 'never' ? 'durable' : 'accepted'
      this.lsns[lane]!.push(...(await this.client.send(batch, ack)))
      if (ack === 'durable') this.durable[lane] = this.lsns[lane]!.length
      this.begin()
    }
  }

  private async flush(): Promise<void> {
    const counts = this.lsns.map(({ length }) => length)
    await this.client.flush()
    this.durable = counts
  }
}

/** The batches without the records that are logged already; counts those that it leaves out. */
function withoutFirst(batches: readonly EngineRecord[][], logged: number[], lane: number): readonly EngineRecord[][] {
  if (logged[lane] === 0) return batches
  return batches
    .map((batch) => {
      const skipped = Math.min(batch.length, logged[lane]!)
      logged[lane]! -= skipped
      return batch.slice(skipped)
    })
    .filter(({ length }) => length > 0)
}

/** @throws what ended it, unless that is the engine's expected death */
function isEnd(results: readonly PromiseSettledResult<void>[], isOver: boolean): boolean {
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const refusal = errors.find((error) => error instanceof RingwalError)
  if (refusal !== undefined) throw refusal
  if (errors.length > 0 && !isOver) throw errors[0]
  return errors.length > 0
}
