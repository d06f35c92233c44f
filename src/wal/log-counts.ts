import type { RingMemory } from '../ring/index.ts'
import { COUNTS_AT, SYNC_TIMES_AT, WAITS_AT } from './control-layout.ts'

/** Upper bounds of what syncs are counted by, inclusive, in milliseconds: a fast device to one that hangs. */
export const SYNC_BOUNDS_MS: readonly number[] = [
  ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50],
  ...[100, 250, 500, 1000, 5000, 30_000],
]

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
  /** Bytes of all files for segments, when retention last looked; 0 for a log without it. */
  retainedBytes: number
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
  'retainedBytes',
] as const

/** How often, and for how long together, producers waited for room in the ring. */
export interface RingWaits {
  readonly ringWaits: number
  readonly ringWaitMs: number
}

/** What the log's threads count together, in shared words: see control-layout.ts. */
export class LogCounts {
  private readonly counts: Float64Array<SharedArrayBuffer>
  private readonly syncTimes: Float64Array<SharedArrayBuffer>
  private readonly waits: BigUint64Array<SharedArrayBuffer>

  constructor({ memory, userAt }: RingMemory) {
    this.counts = new Float64Array(memory.buffer, userAt + COUNTS_AT, COUNT_NAMES.length)
    this.syncTimes = new Float64Array(memory.buffer, userAt + SYNC_TIMES_AT, SYNC_BOUNDS_MS.length + 1)
    this.waits = new BigUint64Array(memory.buffer, userAt + WAITS_AT, 2)
  }

  add(name: keyof WriterCounts, amount: number): void {
    this.counts[COUNT_NAMES.indexOf(name)]! += amount
  }

  set(name: keyof WriterCounts, amount: number): void {
    this.counts[COUNT_NAMES.indexOf(name)] = amount
  }

  noteSync(ms: number): void {
    this.add('syncs', 1)
    this.add('syncMs', ms)
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
}
