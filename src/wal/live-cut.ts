import { integerOption, optionError } from '../errors.ts'
import type { Position } from '../retention/position-files.ts'
import { cutEpoch, neededError, refuseBelowPositions, requireEpoch } from '../truncate/cut-request.ts'
import type { NeedWords } from './need-words.ts'

export interface WalTruncateAfterOptions {
  /** The log's writer epoch as the caller knows it: `wal.epoch`. Whoever decided for an earlier one gives up nothing. */
  readonly epoch: number
  /**
   * What happens if the archive has records above the LSN already, or that is not known yet: `refuse` (default), or `diverge`, after which the archive is that of
   * another history, and the log must be given another one.
   */
  readonly archive?: 'refuse' | 'diverge'
}

const KNOWN: readonly string[] = ['epoch', 'archive']

/** @throws ERR_RINGWAL_OPTION */
export function resolveLiveCut(options: WalTruncateAfterOptions): Required<WalTruncateAfterOptions> {
  const epoch = cutEpoch(options)
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(name, value, `one of ${KNOWN.join(', ')}`)
  const { archive = 'refuse' } = options
  if (archive !== 'refuse' && archive !== 'diverge') throw optionError('archive', archive, 'refuse, diverge')
  return { epoch, archive }
}

/** What is known of an open log that is to be cut. */
export interface CutFacts {
  readonly epoch: number
  /** The first LSN of the log, and the last, all of it durable. */
  readonly firstLsn: number
  readonly lastLsn: number
  readonly positions: readonly Position[]
  readonly highestHold: number
}

/** @throws ERR_RINGWAL_FENCED; ERR_RINGWAL_OPTION; ERR_RINGWAL_NEEDED */
export function refuseLiveCut(lsn: number, epoch: number, facts: CutFacts): void {
  requireEpoch(epoch, facts.epoch)
  integerOption('lsn', lsn, facts.firstLsn, facts.lastLsn)
  refuseBelowPositions(facts.positions, lsn)
  if (facts.highestHold > lsn) throw neededError('hold', `it keeps LSN ${facts.highestHold} and what follows`, lsn)
}

/** @throws ERR_RINGWAL_NEEDED if the archive has what is to be given up, or may have */
export function refuseArchived(
  lsn: number,
  archive: 'refuse' | 'diverge',
  { hasArchive, archivedLsn }: Pick<NeedWords, 'hasArchive' | 'archivedLsn'>,
): void {
  if (archive === 'diverge' || !hasArchive || (archivedLsn > 0 && archivedLsn <= lsn)) return
  const isKnown = archivedLsn > 0
  throw neededError(
    'archive',
    isKnown ? `it has the log up to LSN ${archivedLsn}` : 'how far it has come is not known yet',
    lsn,
  )
}
