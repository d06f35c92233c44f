import { RingwalError } from '../errors.ts'

/** Why the log takes nothing more, with the facts of what happened. */
export function poisonError(error: unknown, durableLsn: number): RingwalError {
  const cause = error instanceof RingwalError ? error : undefined
  const why = cause?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
  const message = `the log takes nothing more: ${why}; records above LSN ${durableLsn} are not known durable; reopen the log`
  const facts = { ...cause?.facts, cause: cause?.code ?? 'ERR_RINGWAL_INTERNAL', durableLsn }
  return new RingwalError('ERR_RINGWAL_POISONED', message, facts, error)
}

/** The ring's memory was written to by somebody who must not. */
export function corruptRing(lsn: number): RingwalError {
  return new RingwalError('ERR_RINGWAL_INTERNAL', `the ring does not hold LSN ${lsn} where it must stand`, { lsn })
}
