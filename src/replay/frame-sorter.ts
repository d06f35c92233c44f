import {
  FRAME_HEADER_BYTES,
  FRAME_KEY_AT,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_TIME_AT,
  FRAME_TYPE_AT,
  type FrameMemory,
  type FrameRun,
  frameBytes,
  KIND_RECORD,
  KIND_TOMBSTONE,
  readLsn,
  TOMBSTONE_LOST,
} from '../format/index.ts'
import { FrameStore } from './frame-store.ts'
import { ownerOf, shardOf } from './shards.ts'

/** Which records are asked for: LSNs inclusive, times from `since` to before `until`. Plain data, for other threads. */
export interface RecordFilter {
  readonly from: number
  readonly to: number
  readonly since: bigint
  readonly until: bigint
}

/** LSNs of records that a repair found unreadable, both inclusive. */
export interface LostLsns {
  readonly from: number
  readonly to: number
}

/** Ranges of one chunk, or of one replay, that are told one by one. */
export const LOST_RANGES_MAX = 10_000

export interface SorterSettings {
  readonly filter: RecordFilter
  readonly types: readonly number[] | undefined
  /** Threads that have shards. With one, it gets all. */
  readonly owners: number
}

/** Takes the wanted frames out of verified ones, a store for each thread that has shards, as one chunk is walked over. */
export class FrameSorter {
  readonly stores: readonly (FrameStore | undefined)[]
  readonly lost: LostLsns[] = []
  private readonly filter: RecordFilter
  private readonly isTimed: boolean
  private readonly isTypeWanted: Uint8Array | undefined
  private readonly owners: number
  private readonly end: number
  private readonly all: (FrameStore | undefined)[]
  private memory: FrameMemory | undefined
  private words!: Uint32Array

  /** @param end file offset from which on frames do not count */
  constructor({ filter, types, owners }: SorterSettings, end: number) {
    this.filter = filter
    this.isTimed = filter.since > 0n || filter.until < 2n ** 64n
    this.isTypeWanted = types === undefined ? undefined : typeTable(types)
    this.owners = owners
    this.end = end
    this.all = Array.from({ length: owners })
    this.stores = this.all
  }

  /** Takes in a run. */
  take({ from, to, offset }: FrameRun, memory: FrameMemory): void {
    const { view } = memory
    const stop = Math.min(to, from + this.end - offset)
    for (let at = from; at < stop; ) {
      const length = view.getUint32(at + FRAME_LENGTH_AT, true)
      const kind = view.getUint8(at + FRAME_KIND_AT)
      const size = frameBytes(length)
      if (kind === KIND_RECORD) {
        if (this.isWanted(view, at)) this.copy(memory, at, size)
      } else if (kind === KIND_TOMBSTONE) this.noteLost(view, at, length)
      at += size
    }
  }

  private isWanted(view: DataView, at: number): boolean {
    if (this.isTypeWanted?.[view.getUint16(at + FRAME_TYPE_AT, true)] === 0) return false
    const { from, to, since, until } = this.filter
    const lsn = readLsn(view, at)
    if (lsn < from || lsn > to) return false
    if (!this.isTimed) return true
    const time = view.getBigUint64(at + FRAME_TIME_AT, true)
    return time >= since && time < until
  }

  private copy(memory: FrameMemory, at: number, size: number): void {
    if (memory !== this.memory) {
      this.memory = memory
      this.words = new Uint32Array(memory.bytes.buffer, 0, memory.bytes.byteLength >> 2)
    }
    const { owners } = this
    const owner = owners === 1 ? 0 : ownerOf(shardOf(memory.view.getUint32(at + FRAME_KEY_AT, true)), owners)
    this.all[owner] ??= new FrameStore()
    this.all[owner].add(memory.bytes, this.words, at, size)
  }

  private noteLost(view: DataView, at: number, length: number): void {
    if (view.getUint16(at + FRAME_TYPE_AT, true) !== TOMBSTONE_LOST || this.lost.length === LOST_RANGES_MAX) return
    const from = readLsn(view, at)
    const to = length >= 8 ? Number(view.getBigUint64(at + FRAME_HEADER_BYTES, true)) : from
    if (to >= this.filter.from && from <= this.filter.to) this.lost.push({ from, to })
  }
}

/** A byte for every type. */
function typeTable(types: readonly number[]): Uint8Array {
  const table = new Uint8Array(1 << 16)
  for (const type of types) table[type] = 1
  return table
}
