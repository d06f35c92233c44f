import { integerOption, optionError } from '../errors.ts'

/**
 * What `retention` of `WalOptions` takes: how much of the log is kept. Whole segments are retired, the oldest first, as soon as
 * a limit is exceeded; never what a hold, a named position or the archive still needs, and never the segment that is written.
 * At least one limit, or `checkpoint`.
 */
export interface RetentionOptions {
  /**
   * Bytes of all files that the log has for segments, those made or kept ahead of need included: from `segmentBytes` times
   * (`spareSegments` + 2) on. Room is made before the next file is.
   */
  readonly maxBytes?: number
  /**
   * Milliseconds after which records may go, 1 to 2^53 - 1: a segment goes once the next one was begun so long ago, by the
   * writer's wall clock, as all of its records had been written by then. Their own times may be the application's, and prove nothing. A
   * clock that is set forward makes all segments older.
   */
  readonly maxAgeMs?: number
  /** Segments that the log consists of, without those made ahead: 2 to 2^31 - 1. */
  readonly maxSegments?: number
  /**
   * Whether only that may go which checkpoints make up for: the records up to the oldest checkpoint that is kept, of any label. Each
   * is read to its end and verified once; one that does not verify is none, and where a label has no other, nothing goes. Without
   * a limit all goes that may; with one, when it is exceeded. False by default.
   */
  readonly checkpoint?: boolean
  /**
   * What happens when `maxBytes` or `maxSegments` is exceeded, and nothing may be retired. `warn` (default): it is told (by
   * `onWarning`, the event `ringwal:retention-held`, and `stats()`), and the log grows on. `refuse`: appends are refused besides, with
   * ERR_RINGWAL_RETENTION, until something may be retired. What was accepted before is written all the same, so that the log
   * takes at most a ring's content more, in whole files, the one made ahead of need among them.
   */
  readonly atCap?: 'warn' | 'refuse'
  /** How often it is looked after besides at each new segment, in milliseconds: 10 to 3600000, 5000 by default. */
  readonly everyMs?: number
}

/** Limits that are checked; undefined for one that there is not. */
export interface Limits {
  readonly maxBytes: number | undefined
  readonly maxAgeMs: number | undefined
  readonly maxSegments: number | undefined
  readonly checkpoint: boolean
}

/** The same with every default filled in. Can be cloned to another thread. */
export interface ResolvedRetention {
  readonly limits: Limits
  readonly atCap: 'warn' | 'refuse'
  readonly everyMs: number
}

const KNOWN: readonly string[] = ['maxBytes', 'maxAgeMs', 'maxSegments', 'checkpoint', 'atCap', 'everyMs']

/** @throws ERR_RINGWAL_OPTION */
export function resolveRetention(
  options: RetentionOptions,
  { segmentBytes, spareSegments }: { readonly segmentBytes: number; readonly spareSegments: number },
): ResolvedRetention {
  if (typeof options !== 'object' || options === null) throw optionError('retention', options, 'an object of limits')
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(`retention.${name}`, value, `one of ${KNOWN.join(', ')}`)
  const { checkpoint = false, atCap = 'warn' } = options
  if (typeof checkpoint !== 'boolean') throw optionError('retention.checkpoint', checkpoint, 'true, false')
  if (atCap !== 'warn' && atCap !== 'refuse') throw optionError('retention.atCap', atCap, 'warn, refuse')
  const bounded = (name: 'maxBytes' | 'maxAgeMs' | 'maxSegments', min: number, max: number): number | undefined =>
    options[name] === undefined ? undefined : integerOption(`retention.${name}`, options[name], min, max)
  const maxBytes = bounded('maxBytes', segmentBytes * (spareSegments + 2), Number.MAX_SAFE_INTEGER)
  const maxAgeMs = bounded('maxAgeMs', 1, Number.MAX_SAFE_INTEGER)
  const maxSegments = bounded('maxSegments', 2, 2 ** 31 - 1)
  const hasCap = maxBytes !== undefined || maxSegments !== undefined
  if (!hasCap && maxAgeMs === undefined && !checkpoint)
    throw optionError('retention', options, 'at least one of maxBytes, maxAgeMs, maxSegments, checkpoint: true')
  if (atCap === 'refuse' && !hasCap)
    throw optionError('retention.atCap', atCap, 'warn, without maxBytes or maxSegments')
  return {
    limits: { maxBytes, maxAgeMs, maxSegments, checkpoint },
    atCap,
    everyMs: integerOption('retention.everyMs', options.everyMs ?? 5000, 10, 3_600_000),
  }
}
