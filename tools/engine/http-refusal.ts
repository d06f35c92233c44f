/** Errors as answers: the status by the code, the body by the facts. */

import { type ErrorCode, RingwalError } from '../../src/errors.ts'
import { asRingwalError } from '../support/failure.ts'

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 500 | 503

const STATUS_OF: Readonly<Partial<Record<ErrorCode, RefusalStatus>>> = {
  ERR_RINGWAL_OPTION: 400,
  ERR_RINGWAL_INPUT: 400,
  ERR_RINGWAL_VALUE: 400,
  ERR_RINGWAL_DAMAGED: 409,
  ERR_RINGWAL_SEGMENTS: 409,
  ERR_RINGWAL_TOO_LARGE: 413,
  ERR_RINGWAL_INTERNAL: 500,
}

/** An answer that refuses. */
export interface Refusal {
  readonly status: RefusalStatus
  readonly body: Readonly<Record<string, unknown>>
}

/** The refusal of a request for what it is, rather than for what it holds. */
export function refuse(
  status: RefusalStatus,
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
): RingwalError {
  return new RingwalError('ERR_RINGWAL_INPUT', message, { ...facts, status })
}

/** Whatever is not known says that the log takes nothing now. */
export function refusalOf(error: unknown): Refusal {
  const { code, message, facts } = asRingwalError(error)
  // The reasons of an observation may be thousands; GET /health has them.
  const { status, reasons: _, ...shown } = facts
  return { status: (status as RefusalStatus | undefined) ?? STATUS_OF[code] ?? 503, body: { code, message, ...shown } }
}
