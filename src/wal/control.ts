import { type ErrorRecord, errorFromRecord, RingwalError } from '../errors.ts'
import type { RingMemory } from '../ring/index.ts'
import { decodeFailure, encodeFailure } from './failure-text.ts'

/*
 * The log's words in the ring's user area: how its threads tell one another where things stand. Offsets in bytes from
 * `ring.userAt`; each group has a 64-byte line of its own.
 *
 *      0  state (STATE_…)                      4  failure: 0 none, 1 being written, 2 written
 *     64  durable LSN u64                     128  event counter, moved by every change that somebody may wait for
 *    192  somebody waits for an event (0, 1)  256  flush: low 32 bits of the LSN up to which a sync is asked for
 *    320  spares: segment the steward works on  324  highest segment made  328  highest segment taken  332  errno
 *    336  the steward is at a sync of the directory (0, 1)  340  the writer is
 *    376  clock f64: wall-clock ms while the writer is at work, 0 while it sleeps or syncs
 *    384  counts, f64: records, batches, syncs, bytes written, ms in sync, longest sync ms, segments, marks, and of segments:
 *         recycled, retired, spare files
 *    512  failure text: length u32, then JSON of an ErrorRecord
 *   4096  for each of 64 spares, by number modulo 64, the recycled file it is: number of the segment it was u64, salt u64;
 *         number 0 = none, it is a file filled with zeros
 *   5120  syncs, f64, by how long they took: up to each of SYNC_BOUNDS_MS, and longer
 *   5248  waits for room in the ring, of all producers: how many u64, and how long together in microseconds u64
 */
const STATE_AT = 0
const FAILURE_AT = 4
const DURABLE_AT = 64
const EVENT_AT = 128
const WAITERS_AT = 192
const FLUSH_AT = 256
const SPARE_BUSY_AT = 320
const SPARE_MADE_AT = 324
const SPARE_TAKEN_AT = 328
const SPARE_ERRNO_AT = 332
const NAMING_AT = { steward: 336, writer: 340 } as const
const CLOCK_AT = 376
const COUNTS_AT = 384
const FAILURE_TEXT_AT = 512
const FAILURE_TEXT_BYTES = 3584
const RECYCLED_AT = 4096
/** As many as there can be spares: WalOptions.spareSegments. */
const RECYCLED_SLOTS = 64
const SYNC_TIMES_AT: number = RECYCLED_AT + RECYCLED_SLOTS * 16
const WAITS_AT: number = SYNC_TIMES_AT + 128

/** Upper bounds of what syncs are counted by, inclusive, in milliseconds: a fast device to one that hangs. */
export const SYNC_BOUNDS_MS: readonly number[] = [
  ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50],
  ...[100, 250, 500, 1000, 5000, 30_000],
]

/** Bytes of user area that the log asks the ring for. */
export const CONTROL_BYTES: number = WAITS_AT + 64
/** Bytes before the consumer's place that stay the writer's own: room for one mark at the head of a batch. */
export const RING_MARGIN_BYTES = 64

/** The most bytes of frames that one append can put into a ring of `ringBytes`; see RingMemory.claimMax. */
export function largestClaim(ringBytes: number): number {
  return ((ringBytes - RING_MARGIN_BYTES) >>> 4) * 8 - 8
}

export const STATE_OPEN = 1
/** No more records; the writer drains the ring, syncs and seals. */
export const STATE_CLOSING = 2
export const STATE_CLOSED = 3
export const STATE_POISONED = 4
/** Never had a writer: opened to be read only, or under observation. */
export const STATE_READ_ONLY = 5
export const STATE_OBSERVING = 6

/** Counters that the writer keeps, and the steward those of files, for `stats()`. */
export interface WriterCounts {
  records: number
  batches: number
  syncs: number
  bytes: number
  syncMs: number
  syncMsMax: number
  segments: number
  marks: number
  /** Segments, among those begun, that were begun in the file of a retired one. */
  recycledSegments: number
  /** Segments that were retired. */
  retiredSegments: number
  /** Files made or kept ahead of need, of a segment's size each. */
  spareFiles: number
}

const COUNT_NAMES = [
  'records',
  'batches',
  'syncs',
  'bytes',
  'syncMs',
  'syncMsMax',
  'segments',
  'marks',
  'recycledSegments',
  'retiredSegments',
  'spareFiles',
] as const

/** How often, and for how long together, producers waited for room in the ring. */
export interface RingWaits {
  readonly ringWaits: number
  readonly ringWaitMs: number
}

/** A file that was a segment, and waits under another name to be one again. */
export interface RecycledFile {
  /** Number of the segment that it was. */
  readonly number: number
  /** That segment's salt; never 0. */
  readonly salt: bigint
}

/** The threads that give names in the log's directory. */
export type Namer = keyof typeof NAMING_AT

/** One thread's view of the log's shared words. */
export class LogControl {
  readonly ring: RingMemory
  private readonly words: Int32Array<SharedArrayBuffer>
  private readonly counts: Float64Array<SharedArrayBuffer>
  private readonly clock: Float64Array<SharedArrayBuffer>
  private readonly recycled: BigUint64Array<SharedArrayBuffer>
  private readonly syncTimes: Float64Array<SharedArrayBuffer>
  private readonly waits: BigUint64Array<SharedArrayBuffer>
  private readonly base: number

  constructor(ring: RingMemory) {
    this.ring = ring
    this.words = ring.words
    this.base = ring.userAt >> 2
    this.clock = new Float64Array(ring.memory.buffer, ring.userAt + CLOCK_AT, 1)
    this.counts = new Float64Array(ring.memory.buffer, ring.userAt + COUNTS_AT, COUNT_NAMES.length)
    this.recycled = new BigUint64Array(ring.memory.buffer, ring.userAt + RECYCLED_AT, RECYCLED_SLOTS * 2)
    this.syncTimes = new Float64Array(ring.memory.buffer, ring.userAt + SYNC_TIMES_AT, SYNC_BOUNDS_MS.length + 1)
    this.waits = new BigUint64Array(ring.memory.buffer, ring.userAt + WAITS_AT, 2)
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

  count(name: keyof WriterCounts, amount: number): void {
    this.counts[COUNT_NAMES.indexOf(name)]! += amount
  }

  noteSync(ms: number): void {
    this.count('syncs', 1)
    this.count('syncMs', ms)
    const max = COUNT_NAMES.indexOf('syncMsMax')
    if (ms > this.counts[max]!) this.counts[max] = ms
    const bucket = SYNC_BOUNDS_MS.findIndex((bound) => ms <= bound)
    this.syncTimes[bucket < 0 ? SYNC_BOUNDS_MS.length : bucket]! += 1
  }

  /** Syncs by how long they took: up to each of SYNC_BOUNDS_MS, and longer. */
  readSyncTimes(): readonly number[] {
    return [...this.syncTimes]
  }

  /** That a producer, in whatever thread, waited for room. */
  noteWait(ms: number): void {
    Atomics.add(this.waits, 0, 1n)
    Atomics.add(this.waits, 1, BigInt(Math.round(ms * 1000)))
  }

  readWaits(): RingWaits {
    return { ringWaits: Number(Atomics.load(this.waits, 0)), ringWaitMs: Number(Atomics.load(this.waits, 1)) / 1000 }
  }

  readCounts(): WriterCounts {
    return Object.fromEntries(COUNT_NAMES.map((name, i) => [name, this.counts[i]!])) as unknown as WriterCounts
  }

  /** The steward's claim on a segment number for one piece of work; 0 = none. Wakes a writer that waits for it. */
  setSpareBusy(number: number): void {
    this.store(SPARE_BUSY_AT, number)
    if (number === 0) Atomics.notify(this.words, this.base + (SPARE_BUSY_AT >> 2))
  }

  get spareBusy(): number {
    return this.load(SPARE_BUSY_AT)
  }

  /** Blocks while the steward works on `number`. @throws ERR_RINGWAL_INTERNAL if it does not let go for `timeoutMs` */
  waitSpareIdle(number: number, timeoutMs: number): void {
    this.waitWhile(SPARE_BUSY_AT, number, timeoutMs, `the steward holds segment ${number}`)
  }

  /** Says that a thread is at a sync of the directory, or that it is back and its failure, if it failed, is known. */
  setNaming(by: Namer, isAtIt: boolean): void {
    this.store(NAMING_AT[by], isAtIt ? 1 : 0)
    if (!isAtIt) Atomics.notify(this.words, this.base + (NAMING_AT[by] >> 2))
  }

  isNaming(who: Namer): boolean {
    return this.load(NAMING_AT[who]) !== 0
  }

  /** Blocks while `who` is at a sync of the directory. @throws ERR_RINGWAL_INTERNAL if it is for `timeoutMs` */
  waitNamesIdle(who: Namer, timeoutMs: number): void {
    this.waitWhile(NAMING_AT[who], 1, timeoutMs, `the ${who} is at a sync of the directory`)
  }

  private waitWhile(at: number, value: number, timeoutMs: number, what: string): void {
    const deadline = performance.now() + timeoutMs
    while (this.load(at) === value) {
      const left = deadline - performance.now()
      if (left <= 0) throw new RingwalError('ERR_RINGWAL_INTERNAL', `${what} for ${timeoutMs} ms`, {})
      Atomics.wait(this.words, this.base + (at >> 2), value, left)
    }
  }

  get spareMade(): number {
    return this.load(SPARE_MADE_AT)
  }

  set spareMade(number: number) {
    this.store(SPARE_MADE_AT, number)
  }

  /** Says which file spare `number` is; undefined for one of its own. To be said before `spareMade` tells of it. */
  setRecycled(number: number, file: RecycledFile | undefined): void {
    const at = (number % RECYCLED_SLOTS) * 2
    this.recycled[at] = BigInt(file?.number ?? 0)
    this.recycled[at + 1] = file?.salt ?? 0n
  }

  recycledFor(number: number): RecycledFile | undefined {
    const at = (number % RECYCLED_SLOTS) * 2
    const was = Number(this.recycled[at]!)
    return was === 0 ? undefined : { number: was, salt: this.recycled[at + 1]! }
  }

  get spareTaken(): number {
    return this.load(SPARE_TAKEN_AT)
  }

  set spareTaken(number: number) {
    this.store(SPARE_TAKEN_AT, number)
  }

  get spareErrno(): number {
    return this.load(SPARE_ERRNO_AT)
  }

  set spareErrno(errno: number) {
    this.store(SPARE_ERRNO_AT, errno)
  }

  private load(at: number): number {
    return Atomics.load(this.words, this.base + (at >> 2))
  }

  private store(at: number, value: number): void {
    Atomics.store(this.words, this.base + (at >> 2), value)
  }
}
