import { RingwalError } from '../../src/errors.ts'
import type { ReplayReport, SyncPolicy, Wal } from '../../src/index.ts'
import { keyOf, orderEvent, type TradingState } from '../../src/trading/index.ts'
import { AUDIT_RECORD, type Draft } from './drafts.ts'
import { SyncWatch } from './sync-watch.ts'

/** What GET /health says first. Only a `ready` engine takes anything. */
export type EngineState = 'ready' | 'observing' | 'read-only' | 'poisoned' | 'stopping'

export interface EngineParts {
  readonly wal: Wal
  /** Rebuilt from the log. */
  readonly state: TradingState
  readonly policy: SyncPolicy
  readonly replay: ReplayReport
  /** Why the log stays under observation. */
  readonly doubts: readonly RingwalError[]
}

/** What has become of one value: its LSN, or why it was not taken. */
export type Taken = number | RingwalError

/** Refusals of this value alone. Any other says that the log takes nothing now, whatever comes next. */
const OF_ONE_VALUE: readonly string[] = ['ERR_RINGWAL_INPUT', 'ERR_RINGWAL_VALUE', 'ERR_RINGWAL_TOO_LARGE']

/**
 * Orders and positions with a log under them. The write-ahead rule is kept by one synchronous step for each event: the state
 * says whether it would take it, the log takes it, the state takes it. So the state is always that of the log's records, and
 * a replay of them gives the same.
 */
export class OrderEngine {
  readonly wal: Wal
  readonly trading: TradingState
  readonly policy: SyncPolicy
  readonly replay: ReplayReport
  readonly syncs: SyncWatch
  private doubts: readonly RingwalError[]
  private isReadOnly = false
  private stopping = false

  constructor({ wal, state, policy, replay, doubts }: EngineParts) {
    this.wal = wal
    this.trading = state
    this.policy = policy
    this.replay = replay
    this.doubts = doubts
    this.syncs = new SyncWatch(() => wal.stats())
  }

  get isStopping(): boolean {
    return this.stopping
  }

  get state(): EngineState {
    if (this.stopping) return 'stopping'
    const { state } = this.wal.stats()
    if (state === 'observing') return 'observing'
    if (state !== 'open') return 'poisoned'
    return this.isReadOnly ? 'read-only' : 'ready'
  }

  /** Why it takes nothing; empty while it does. */
  async reasons(): Promise<readonly RingwalError[]> {
    switch (this.state) {
      case 'ready':
        return []
      case 'read-only':
        return [new RingwalError('ERR_RINGWAL_READ_ONLY', 'the engine was switched to read only by its operator')]
      case 'observing':
        return this.doubts
      case 'stopping':
        return [new RingwalError('ERR_RINGWAL_CLOSED', 'the engine is ending')]
      case 'poisoned':
        return [await this.endOfLog()]
    }
  }

  /** @throws why it takes nothing */
  async requireReady(): Promise<void> {
    const { state } = this
    if (state === 'ready') return
    const [first] = await this.reasons()
    if (state !== 'observing') throw first!
    throw new RingwalError('ERR_RINGWAL_OBSERVING', `the engine is under observation: ${first!.message}`)
  }

  /**
   * Takes values in, in their order. What is refused for its own sake is left out, and the next is tried; once the log takes
   * nothing, nothing behind is tried either.
   * @returns for each what has become of it
   */
  take(values: readonly unknown[], draft: (value: unknown) => Draft): readonly Taken[] {
    const taken: Taken[] = []
    for (const value of values) {
      const one = this.takeOne(value, draft)
      taken.push(one)
      if (typeof one !== 'number' && !OF_ONE_VALUE.includes(one.code)) break
    }
    const last = taken.at(-1)!
    while (taken.length < values.length) taken.push(last)
    return taken
  }

  private takeOne(raw: unknown, draft: (value: unknown) => Draft): Taken {
    try {
      const { type, value } = draft(raw)
      if (type === AUDIT_RECORD) return this.wal.append(value, { type })
      const key = keyOf(orderEvent(value))
      const verdict = this.trading.check({ type, key, value })
      if (verdict.outcome === 'rejected') return rejection(verdict.reason)
      const lsn = this.wal.append(value, { type, key })
      this.trading.apply({ lsn, type, key, value })
      return lsn
    } catch (error) {
      if (error instanceof RingwalError) return error
      throw error
    }
  }

  /**
   * Resolves when a record is durable. Under `never` nothing would ever say so by itself: there this asks for a sync.
   * @throws ERR_RINGWAL_POISONED: then it is not known
   */
  async durable(lsn: number): Promise<void> {
    if (this.policy === 'never' && lsn > this.wal.durableLsn) await this.wal.flush()
    else await this.wal.durable(lsn)
  }

  /** Makes all durable that was taken, and tells up to where that is. */
  async flush(): Promise<number> {
    const lsn = this.wal.lastLsn
    await this.wal.flush()
    return lsn
  }

  setReadOnly(): void {
    this.isReadOnly = true
  }

  /**
   * Takes events again; of a log under observation, if recovery lets it.
   * @param options of `Wal.resume`, unchecked
   * @throws as `Wal.resume` does: then it stays as it was
   */
  async setReadWrite(options: object): Promise<void> {
    if (this.wal.stats().state !== 'open') await this.wal.resume(options)
    this.doubts = []
    this.isReadOnly = false
  }

  /** Takes nothing more: a response that is on its way is still ended. */
  beginStopping(): void {
    this.stopping = true
  }

  /** Makes durable what was taken, and gives the log back. @throws ERR_RINGWAL_POISONED */
  async close(): Promise<void> {
    this.stopping = true
    this.syncs.stop()
    await this.wal.close()
  }

  private async endOfLog(): Promise<RingwalError> {
    try {
      await this.wal.ready(0)
    } catch (error) {
      if (error instanceof RingwalError) return error
    }
    return new RingwalError('ERR_RINGWAL_CLOSED', 'the log is closed')
  }
}

function rejection(reason: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INPUT', `the order state machine refuses it: ${reason}`, { status: 409, reason })
}
