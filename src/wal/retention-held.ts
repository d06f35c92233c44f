import { RingwalError } from '../errors.ts'
import type { LimitName } from '../retention/retention-plan.ts'

/** A limit of retention that stays exceeded, as somebody needs what would have to go. */
export interface RetentionHeld {
  readonly limit: LimitName
  /** Who: `hold`, `archive`, `position <name>` or `checkpoint <file>`. */
  readonly by: string
  /** The same with what it needs, as a sentence. */
  readonly why: string
  /** The first LSN that is needed; 0 if all is, as it can not be told. */
  readonly neededLsn: number
  /** Of all the files that the log has for segments. */
  readonly bytes: number
  readonly segments: number
  /** Whether appends are refused. */
  readonly refusing: boolean
}

/** The warning of it. */
export function heldWarning(held: RetentionHeld): RingwalError {
  const { limit, why, bytes, segments, refusing } = held
  const what = `the log is over ${limit}, with ${bytes} bytes in ${segments} segments and files for more`
  const message = `${what}, and nothing can be retired: ${why}${refusing ? '; appends are refused' : ''}`
  return new RingwalError('ERR_RINGWAL_RETENTION', message, { ...held })
}
