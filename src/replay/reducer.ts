import type { PayloadDecoder } from '../codec/index.ts'

/**
 * A record as a reducer is given it: an entry of a ringwal log, or of another system's. Read only; what is not a property of
 * its own is read when it is asked for, so take the properties out by name.
 */
export interface ReplayEntry {
  /** Its number in its log; of another system's log, its place there, counted from 1. */
  readonly lsn: number
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint
  /** The application's record type, 0 to 65,535. */
  readonly type: number
  /** Routing hash; 0 = none. */
  readonly key: number
  /**
   * The payload decoded if it is MessagePack, and then the reducer's own; else the bytes themselves. Decoded at the first use.
   * In a parallel replay, bytes are a view of a large memory that other records share: do not change them, and keep a copy.
   * @throws ERR_RINGWAL_INPUT if it can not be decoded
   */
  readonly value: unknown
  /**
   * The payload as a declared record: anew at each call, without going through `value`, and several times as fast. What comes
   * from a ringwal log has it, in a replay as from `readWal`; entries of other systems' logs, and the plain objects that an
   * engine hands to its reducer, need not. `record.decodeEntry(entry)` takes any of them, by `as` where there is one.
   * @throws ERR_RINGWAL_INPUT if it is a record of another type, or does not fit
   */
  as?<T>(record: PayloadDecoder<T>): T
}

/**
 * What rebuilds a state from records, as the named exports of a module: in parallel replay each thread, and the calling one,
 * loads the module for itself. All of it is done when it returns: nothing here may return a promise.
 *
 * Records are sharded by their key. A reducer must not let records of one key change what those of another key read: then the
 * shards, each in LSN order, give together what one fold over all records gives. One that can't promise it is `ordered: 'global'`.
 */
export interface Reducer<State = unknown> {
  /** The state before the first record. */
  init(): State
  /**
   * Takes one record in. Changes the state in place and returns nothing, or returns the new state. Whatever it throws ends the
   * replay: a record that is to be passed over is its own affair.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is one of void, and not of undefined
  apply(state: State, entry: ReplayEntry): State | undefined | void
  /**
   * Puts the states of the shards together, in the calling thread; they may be used up. How many they are, and their order, is
   * the same for any number of threads: the first is that of the records without a key. Not called where there is only one
   * state, under `ordered: 'global'`.
   */
  merge(states: State[]): State
  /** The state as bytes. With `restore`, it is also the way by which a shard's state comes back from its thread. */
  snapshot?(state: State): Uint8Array
  /**
   * The state of a snapshot. One with a single parameter gives the whole state each time, so that a replay that begins with
   * a snapshot is then done as if `ordered` were `global`.
   * @param owns if given, only what belongs to keys for which it is true is to be restored: the part of one shard. What belongs
   *   to no key goes with key 0.
   */
  restore?(bytes: Uint8Array, owns?: (key: number) => boolean): State
  /** What its snapshots are called: a replay begins only with a checkpoint that has this label. '' by default. */
  readonly label?: string
  /** Record types that it takes: others are neither decoded nor handed over. All by default. */
  readonly types?: readonly number[]
  /** `key` (default): LSN order within a key. `global`: all records in LSN order, in one state. */
  readonly ordered?: 'key' | 'global'
}
