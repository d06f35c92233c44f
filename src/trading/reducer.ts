/** The reducer module of the trading state, for `replay(dir, { reducer: tradingReducer })` and for live use alike. */

import { TRADING_TYPES } from './record-types.ts'
import { restoreState, snapshotOf, TRADING_LABEL } from './snapshot.ts'
import { type Outcome, type TradingEntry, TradingState } from './trading-state.ts'

/** Other records are neither decoded nor handed over; whoever reads the log counts them as ignored. */
export const types: readonly number[] = TRADING_TYPES

/** Of checkpoints that `snapshotOf` made: `wal.checkpoint(lsn, snapshotOf(state), { label: TRADING_LABEL })`. */
export const label: string = TRADING_LABEL

export function init(): TradingState {
  return new TradingState()
}

export function apply(state: TradingState, entry: TradingEntry): void {
  state.apply(entry)
}

/** @throws ERR_RINGWAL_INPUT if two states hold the same book or balance: they are no shards of one state */
export function merge(states: TradingState[]): TradingState {
  const [first = init(), ...others] = states
  for (const other of others) first.absorb(other)
  return first
}

export function snapshot(state: TradingState): Uint8Array {
  return snapshotOf(state)
}

export function restore(bytes: Uint8Array, owns?: (key: number) => boolean): TradingState {
  return restoreState(bytes, owns)
}

export type { Outcome, TradingEntry, TradingState }
