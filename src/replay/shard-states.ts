import { type Codec, createCodec } from '../codec/index.ts'
import type { RingwalError } from '../errors.ts'
import { FRAME_KEY_AT, FRAME_LENGTH_AT, frameBytes, readLsn } from '../format/index.ts'
import type { FrameBytes } from '../read/frame-record.ts'
import { FrameEntry, PayloadError } from './frame-entry.ts'
import { reducerError } from './load-reducer.ts'
import type { Reducer } from './reducer.ts'
import { ownerOf, shardOf } from './shards.ts'
import type { ThreadBoard } from './thread-board.ts'

/** Which shards a thread has, and what they begin with. */
export interface ShardSettings {
  readonly thread: number
  /** Threads that have shards. */
  readonly owners: number
  /** SHARDS, or 1: then all records are of that one. */
  readonly shards: number
  /** State to begin with, from the reducer's `snapshot`. */
  readonly snapshot: Uint8Array | undefined
}

/** Frames to be applied, in LSN order. */
export interface FrameBatch {
  readonly buffer: ArrayBuffer
  /** Bytes of frames. */
  readonly used: number
  /** LSN from which on nothing is to be applied. */
  readonly ceiling: number
  /** The segment's name, for errors. */
  readonly segment: string
  readonly useBigInt64: boolean
}

export interface Applied {
  readonly records: number
  /** 0 if there were none. */
  readonly lastLsn: number
}

/** The states of one thread's shards. */
export class ShardStates {
  private readonly reducer: Reducer
  private readonly settings: ShardSettings
  private readonly board: ThreadBoard
  /** By shard; only this thread's. */
  private readonly states: unknown[] = []
  private hasFailed = false
  private readonly codecs = new Map<boolean, Codec>()

  /** @throws ERR_RINGWAL_REDUCER */
  constructor(reducer: Reducer, settings: ShardSettings, board: ThreadBoard) {
    this.reducer = reducer
    this.settings = settings
    this.board = board
    for (let shard = 0; shard < settings.shards; shard++)
      if (ownerOf(shard, settings.owners) === settings.thread) this.states[shard] = this.begin(shard)
  }

  private begin(shard: number): unknown {
    const { reducer } = this
    const { snapshot, shards } = this.settings
    try {
      if (snapshot === undefined) return reducer.init()
      return shards === 1 ? reducer.restore!(snapshot) : reducer.restore!(snapshot, (key) => shardOf(key) === shard)
    } catch (error) {
      throw reducerError(`${snapshot === undefined ? 'init' : 'restore'} of the reducer threw`, error, {})
    }
  }

  /**
   * Applies frames. They must be this thread's, and behind all that were applied before. After an error, nothing more is.
   * @throws ERR_RINGWAL_REDUCER or ERR_RINGWAL_INPUT, with the LSN
   */
  apply({ buffer, used, ceiling, segment, useBigInt64 }: FrameBatch): Applied {
    const { board } = this
    const { thread, shards } = this.settings
    const frames = { bytes: new Uint8Array(buffer), view: new DataView(buffer), codec: this.codecOf(useBigInt64) }
    const { view } = frames
    let records = 0
    let lastLsn = 0
    if (this.hasFailed) return { records, lastLsn }
    for (let at = 0; at < used; at += frameBytes(view.getUint32(at + FRAME_LENGTH_AT, true))) {
      const lsn = readLsn(view, at)
      if (lsn >= ceiling) break
      if (board.isAborted) break
      board.applies(thread, lsn)
      this.applyOne(frames, at, lsn, shards === 1 ? 0 : shardOf(view.getUint32(at + FRAME_KEY_AT, true)), segment)
      records++
      lastLsn = lsn
    }
    board.rests(thread)
    return { records, lastLsn }
  }

  private applyOne(frames: FrameBytes, at: number, lsn: number, shard: number, segment: string): void {
    try {
      const next = this.reducer.apply(this.states[shard], new FrameEntry(frames, at, lsn))
      if (next === undefined) return
      if (next instanceof Promise) throw new TypeError('it returned a promise; it must be done when it returns')
      this.states[shard] = next
    } catch (error) {
      this.hasFailed = true
      if (error instanceof PayloadError) throw error
      throw reducerError(`apply of the reducer threw at LSN ${lsn}`, error, { lsn, segment })
    }
  }

  /**
   * Gives a shard's state away: as bytes, where the reducer can read them again, else as it is.
   * @throws ERR_RINGWAL_REDUCER
   */
  give(shard: number): GivenState {
    const { snapshot, restore } = this.reducer
    const state = this.states[shard]
    this.states[shard] = undefined
    if (snapshot === undefined || restore === undefined) return { state }
    try {
      // A copy: the bytes may be a view of memory that the reducer writes the next snapshot into.
      return { bytes: new Uint8Array(snapshot(state)) }
    } catch (error) {
      throw reducerError('snapshot of the reducer threw', error, {})
    }
  }

  private codecOf(useBigInt64: boolean): Codec {
    const codec = this.codecs.get(useBigInt64) ?? createCodec({ useBigInt64 })
    this.codecs.set(useBigInt64, codec)
    return codec
  }
}

/** A shard's state on its way to the calling thread. */
export type GivenState = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly state: unknown }

/** @throws ERR_RINGWAL_REDUCER */
export function receiveState(reducer: Reducer, given: GivenState): unknown {
  if ('state' in given) return given.state
  try {
    return reducer.restore!(given.bytes)
  } catch (error) {
    throw reducerError('restore of the reducer threw', error, {})
  }
}

/** The error of a state that can not go from thread to thread. */
export function stateError(error: unknown): RingwalError {
  return reducerError('the state can not be cloned; give the reducer snapshot and restore', error, {})
}
