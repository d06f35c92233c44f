import { type ErrorRecord, errorFromRecord, type RingwalError } from '../errors.ts'
import type { RingMemory } from '../ring/index.ts'
import {
  CLOCK_AT,
  DURABLE_AT,
  EVENT_AT,
  FAILURE_AT,
  FAILURE_TEXT_AT,
  FAILURE_TEXT_BYTES,
  FLUSH_AT,
  STATE_AT,
  STATE_CLOSED,
  STATE_OPEN,
  STATE_POISONED,
  WAITERS_AT,
} from './control-layout.ts'
import { decodeFailure, encodeFailure } from './failure-text.ts'
import { LogCounts } from './log-counts.ts'
import { NeedWords } from './need-words.ts'
import { StewardWords } from './steward-words.ts'

/** One thread's view of the log's shared words. */
export class LogControl {
  readonly ring: RingMemory
  readonly counts: LogCounts
  /** What writer and steward tell one another. */
  readonly steward: StewardWords
  /** What old segments are kept for. */
  readonly needs: NeedWords
  private readonly words: Int32Array<SharedArrayBuffer>
  private readonly clock: Float64Array<SharedArrayBuffer>
  private readonly base: number

  constructor(ring: RingMemory) {
    this.ring = ring
    this.words = ring.words
    this.base = ring.userAt >> 2
    this.clock = new Float64Array(ring.memory.buffer, ring.userAt + CLOCK_AT, 1)
    this.counts = new LogCounts(ring)
    this.steward = new StewardWords(ring)
    this.needs = new NeedWords(ring)
  }

  /**
   * The writer's clock: it costs a producer one load where asking the system costs some 45 ns. As old as the writer's
   * last batch at most; 0 when the writer does not keep it, because it sleeps or waits for the disk.
   */
  get clockMs(): number {
    return this.clock[0]!
  }

  set clockMs(ms: number) {
    this.clock[0] = ms
  }

  /** Sets a fresh ring's words: everything up to `durable` is durable. */
  initialize(durable: number): void {
    this.publishDurable(durable)
    this.store(FLUSH_AT, durable | 0)
    this.store(STATE_AT, STATE_OPEN)
  }

  get state(): number {
    return this.load(STATE_AT)
  }

  /** Changes the state if it is `from`: a poisoned log stays poisoned. */
  moveState(from: number, to: number): void {
    Atomics.compareExchange(this.words, this.base + (STATE_AT >> 2), from, to)
    this.announce()
  }

  /** The highest LSN known durable. Never ahead of the truth, also while the writer is storing it. */
  get durable(): number {
    for (;;) {
      const high = this.load(DURABLE_AT + 4)
      const low = this.load(DURABLE_AT)
      if (high === this.load(DURABLE_AT + 4)) return (high >>> 0) * 4294967296 + (low >>> 0)
    }
  }

  /** Low word first: a reader between the two sees less than is true, or sees the high word change and reads again. */
  publishDurable(lsn: number): void {
    this.store(DURABLE_AT, lsn | 0)
    this.store(DURABLE_AT + 4, Math.floor(lsn / 4294967296))
    this.announce()
  }

  /** Asks the writer to sync at least up to `lsn` now, whatever the policy. */
  requestFlush(lsn: number): void {
    const at = this.base + (FLUSH_AT >> 2)
    for (;;) {
      const seen = Atomics.load(this.words, at)
      if ((((lsn | 0) - seen) | 0) <= 0) break
      if (Atomics.compareExchange(this.words, at, seen, lsn | 0) === seen) break
    }
    this.ring.wakeConsumer()
  }

  /** Whether somebody asked for a sync beyond `durable`. */
  flushWanted(durable: number): boolean {
    return ((this.load(FLUSH_AT) - (durable | 0)) | 0) > 0
  }

  /** The event counter, to be read before the condition that is waited for. */
  get event(): number {
    return this.load(EVENT_AT)
  }

  private announce(): void {
    Atomics.add(this.words, this.base + (EVENT_AT >> 2), 1)
    if (this.load(WAITERS_AT) === 0) return
    this.store(WAITERS_AT, 0)
    Atomics.notify(this.words, this.base + (EVENT_AT >> 2))
  }

  /** Says that this thread is about to wait; after it, read `event`, then the condition, then wait. */
  enlist(): void {
    this.store(WAITERS_AT, 1)
  }

  /** Blocks until the next event after `seen`, `timeoutMs` at most. */
  waitEvent(seen: number, timeoutMs: number): void {
    Atomics.wait(this.words, this.base + (EVENT_AT >> 2), seen, timeoutMs)
  }

  /** Resolves at the next event after `seen`. Does not keep the process alive. */
  waitEventAsync(seen: number): Promise<unknown> {
    const wait = Atomics.waitAsync(this.words, this.base + (EVENT_AT >> 2), seen)
    return wait.async ? wait.value : Promise.resolve()
  }

  /** Ends the log for good: the first failure counts, later ones are ignored. */
  poison(failure: ErrorRecord): void {
    const claimed = Atomics.compareExchange(this.words, this.base + (FAILURE_AT >> 2), 0, 1) === 0
    if (claimed) {
      this.writeFailure(failure)
      this.store(FAILURE_AT, 2)
      this.store(STATE_AT, STATE_POISONED)
    }
    this.ring.close(STATE_POISONED)
    this.announce()
  }

  /** Why the log takes nothing, if not for having been closed. */
  get refusal(): RingwalError | undefined {
    return this.state > STATE_CLOSED ? this.failure : undefined
  }

  /** What poisoned the log, if something did. */
  get failure(): RingwalError | undefined {
    if (this.load(FAILURE_AT) !== 2) return undefined
    const at = this.ring.userAt + FAILURE_TEXT_AT
    const length = this.load(FAILURE_TEXT_AT)
    return errorFromRecord(decodeFailure(this.ring.bytes.slice(at + 4, at + 4 + length)))
  }

  private writeFailure(failure: ErrorRecord): void {
    const bytes = encodeFailure(failure, FAILURE_TEXT_BYTES - 4)
    this.ring.bytes.set(bytes, this.ring.userAt + FAILURE_TEXT_AT + 4)
    this.store(FAILURE_TEXT_AT, bytes.length)
  }

  private load(at: number): number {
    return Atomics.load(this.words, this.base + (at >> 2))
  }

  private store(at: number, value: number): void {
    Atomics.store(this.words, this.base + (at >> 2), value)
  }
}
