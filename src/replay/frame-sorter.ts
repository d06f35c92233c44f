import {
  FRAME_HEADER_BYTES,
  FRAME_KEY_AT,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_TYPE_AT,
  type FrameMemory,
  type FrameRun,
  frameBytes,
  KIND_RECORD,
  KIND_TOMBSTONE,
  readLsn,
  TOMBSTONE_LOST,
} from '../format/index.ts'
import type { FrameFilter } from '../read/record-filter.ts'
import { FrameStore } from './frame-store.ts'
import { ownerOf, shardOf } from './shards.ts'

/** LSNs of records that a repair found unreadable, both inclusive. */
export interface LostLsns {
  readonly from: number
  readonly to: number
}

/** Ranges of one chunk, or of one replay, that are told one by one. */
export const LOST_RANGES_MAX = 10_000

export interface SorterSettings {
  readonly filter: FrameFilter
  /** Threads that have shards. With one, it gets all. */
  readonly owners: number
}

/** The owner of a frame that is not wanted. */
const NOBODY = -1

/** Takes the wanted frames out of verified ones, a store for each thread that has shards, as one chunk is walked over. */
export class FrameSorter {
  readonly stores: readonly (FrameStore | undefined)[]
  readonly lost: LostLsns[] = []
  private readonly filter: FrameFilter
  private readonly owners: number
  private readonly end: number
  private readonly all: (FrameStore | undefined)[]
  private memory: FrameMemory | undefined
  private words!: Uint32Array
  private readonly sizes: number[]

  /**
   * @param end file offset from which on frames do not count
   * @param sizes bytes that an earlier chunk had for each thread, as far as there was one; those of this chunk, in the end
   */
  constructor({ filter, owners }: SorterSettings, end: number, sizes: number[] = []) {
    this.filter = filter
    this.owners = owners
    this.end = end
    this.sizes = sizes
    this.all = Array.from({ length: owners })
    this.stores = this.all
  }

  /** Takes in a run. */
  take({ from, to, offset }: FrameRun, memory: FrameMemory): void {
    const { view } = memory
    const stop = Math.min(to, from + this.end - offset)
    // Frames in a row that are for one thread are copied at once.
    let first = from
    let owner = NOBODY
    for (let at = from; at < stop; ) {
      const length = view.getUint32(at + FRAME_LENGTH_AT, true)
      const next = this.ownerOf(view, at, length)
      if (next !== owner) {
        if (owner !== NOBODY) this.copy(memory, first, at - first, owner)
        first = at
        owner = next
      }
      at += frameBytes(length)
      if (at >= stop && owner !== NOBODY) this.copy(memory, first, at - first, owner)
    }
  }

  /** The thread that gets the frame at `at`, or NOBODY. */
  private ownerOf(view: DataView, at: number, length: number): number {
    const kind = view.getUint8(at + FRAME_KIND_AT)
    if (kind === KIND_RECORD && this.filter.accepts(view, at, readLsn(view, at)))
      return this.owners === 1 ? 0 : ownerOf(shardOf(view.getUint32(at + FRAME_KEY_AT, true)), this.owners)
    if (kind === KIND_TOMBSTONE) this.noteLost(view, at, length)
    return NOBODY
  }

  private copy(memory: FrameMemory, at: number, size: number, owner: number): void {
    if (memory !== this.memory) {
      this.memory = memory
      this.words = new Uint32Array(memory.bytes.buffer, 0, memory.bytes.byteLength >> 2)
    }
    const store = this.all[owner] ?? new FrameStore(this.sizes[owner])
    this.all[owner] = store
    store.add(memory.bytes, this.words, at, size)
    this.sizes[owner] = store.used
  }

  private noteLost(view: DataView, at: number, length: number): void {
    if (view.getUint16(at + FRAME_TYPE_AT, true) !== TOMBSTONE_LOST || this.lost.length === LOST_RANGES_MAX) return
    const from = readLsn(view, at)
    const to = length >= 8 ? Number(view.getBigUint64(at + FRAME_HEADER_BYTES, true)) : from
    if (this.filter.asksFor(from, to)) this.lost.push({ from, to })
  }
}
