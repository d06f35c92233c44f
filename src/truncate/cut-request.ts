import { integerOption, optionError, RingwalError } from '../errors.ts'
import { needOf } from '../retention/need.ts'
import type { Position } from '../retention/position-files.ts'

export interface TruncateAfterOptions {
  /**
   * The writer epoch that the caller knows the log to have (`wal.epoch`, `ringwal stat`): whoever was overtaken by another writer gives
   * up nothing.
   */
  readonly epoch: number
}

/** What was given up. */
export interface TruncateAfterReport {
  /** The last LSN that is left. */
  readonly lastLsn: number
  /** How many LSNs are given up: the next record gets the first of them. */
  readonly givenUp: number
}

/** The epoch of the options, checked. @throws ERR_RINGWAL_OPTION */
export function cutEpoch(options: TruncateAfterOptions): number {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object with epoch')
  return integerOption('epoch', options.epoch, 0, Number.MAX_SAFE_INTEGER)
}

/** @throws ERR_RINGWAL_FENCED */
export function requireEpoch(given: number, epoch: number): void {
  if (given === epoch) return
  const message = `the log is of writer epoch ${epoch}, and not ${given}: another writer has opened it since`
  throw new RingwalError('ERR_RINGWAL_FENCED', message, { epoch })
}

/** What a consumer has seen must not come to have been otherwise. @throws ERR_RINGWAL_NEEDED */
export function refuseBelowPositions(positions: readonly Position[], lsn: number): void {
  for (const position of positions) {
    const { reason } = needOf(position)
    if (position.lsn !== null && position.lsn <= lsn) continue
    throw neededError(`position ${position.name}`, reason ?? `it has come to LSN ${position.lsn}`, lsn)
  }
}

export function neededError(by: string, why: string, lsn: number): RingwalError {
  const message = `what is above LSN ${lsn} can not be given up because of ${by}: ${why}`
  return new RingwalError('ERR_RINGWAL_NEEDED', message, { by, lsn })
}
