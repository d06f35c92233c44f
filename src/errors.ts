/**
 * Every error of ringwal: one class, stable codes, the facts as properties.
 *
 * A caller decides by `error.code`; the message is for people and may change. Facts (file, offset, lsn, option, …)
 * are own properties of the error, so that they show in logs and survive the way from a worker thread.
 */

/** What each code means; the keys are the stable names. */
export const ERROR_MEANINGS = {
  ERR_RINGWAL_OPTION: 'an option has a value that is not allowed',
  ERR_RINGWAL_VALUE: 'a value can not be stored without losing something',
  ERR_RINGWAL_TOO_LARGE: 'a record or batch is larger than the log takes',
  ERR_RINGWAL_FULL: 'the ring is full and the log was opened to refuse rather than wait',
  ERR_RINGWAL_RETENTION: 'the log is at the limit of its retention, and what is old in it is still needed',
  ERR_RINGWAL_CLOSED: 'the log is closed',
  ERR_RINGWAL_POISONED: 'a write or sync failed; the log takes nothing more until it is reopened',
  ERR_RINGWAL_TIMEOUT: 'a bounded wait ended before its event',
  ERR_RINGWAL_WRITER_DIED: 'the writer thread ended unexpectedly',
  ERR_RINGWAL_LOCKED: 'another opener holds the log',
  ERR_RINGWAL_FENCED: 'another writer has taken over the log',
  ERR_RINGWAL_TAMPERED: 'a file of an open log was cut, removed or replaced by somebody else',
  ERR_RINGWAL_READ_ONLY: 'the log was opened to be read only',
  ERR_RINGWAL_OBSERVING: 'the log is under observation, and takes nothing until it is resumed',
  ERR_RINGWAL_NOT_FOUND: 'there is no log, or no such segment, at this path',
  ERR_RINGWAL_RETIRED: 'records were retired while, or before, they were read',
  ERR_RINGWAL_NEEDED: 'records that somebody needs, or relies on, would be given up',
  ERR_RINGWAL_IO: 'the operating system refused an operation',
  ERR_RINGWAL_DAMAGED: 'stored bytes do not verify',
  ERR_RINGWAL_SEGMENTS: 'the segments of a directory do not form one log',
  ERR_RINGWAL_FORMAT: 'a file is of a version, or uses a feature, that this release does not read',
  ERR_RINGWAL_INPUT: 'input data can not be understood',
  ERR_RINGWAL_THREADS: 'too many producer threads are attached',
  ERR_RINGWAL_REDUCER: 'a reducer can not be loaded, or threw',
  ERR_RINGWAL_THREAD_DIED: 'a worker thread ended before its work did',
  ERR_RINGWAL_ABORTED: 'the caller ended the work by its signal',
  ERR_RINGWAL_INTERNAL: 'an invariant of ringwal itself does not hold',
} as const

export type ErrorCode = keyof typeof ERROR_MEANINGS

/** Facts an error carries. Every value can be cloned to another thread. */
export type ErrorFacts = Readonly<Record<string, unknown>>

export class RingwalError extends Error {
  override readonly name = 'RingwalError'
  readonly code: ErrorCode
  /** The same facts that stand on the error as properties, for who wants them together. */
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.facts = facts
    for (const [key, value] of Object.entries(facts)) {
      Object.defineProperty(this, key, { value, enumerable: true, configurable: true })
    }
    Object.defineProperty(this, 'facts', { enumerable: false })
  }
}

/** An error as plain data, to cross from a worker thread (structured clone drops an error's own properties). */
export interface ErrorRecord {
  readonly code: ErrorCode
  readonly message: string
  readonly facts: ErrorFacts
}

export function errorToRecord(error: unknown): ErrorRecord {
  if (error instanceof RingwalError) return { code: error.code, message: error.message, facts: error.facts }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'ERR_RINGWAL_INTERNAL', message, facts: {} }
}

export function errorFromRecord(record: ErrorRecord): RingwalError {
  return new RingwalError(record.code, record.message, record.facts)
}

/** The value, if it is an integer from `min` to `max`. @throws ERR_RINGWAL_OPTION */
export function integerOption(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw optionError(option, value, `an integer from ${min} to ${max}`)
}

/** The refusal of an option: names the option, the value and what is allowed. */
export function optionError(option: string, value: unknown, allowed: string): RingwalError {
  return new RingwalError(
    'ERR_RINGWAL_OPTION',
    `option ${option}: ${describe(value)} is not allowed; allowed: ${allowed}`,
    {
      option,
      value: describe(value),
      allowed,
    },
  )
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value === 'object' && value !== null) return `a ${value.constructor?.name ?? 'object'}`
  if (typeof value === 'function') return 'a function'
  return String(value)
}
