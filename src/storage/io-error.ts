/** Failures of the operating system as `ERR_RINGWAL_IO`, with facts a program can decide by. */
import { getSystemErrorMap } from 'node:util'
import { RingwalError } from '../errors.ts'

/** Errors that Node has no name for, by platform. A full quota is an ordinary way for a log to end. */
const NAMES_NODE_LACKS: Readonly<Record<string, ReadonlyMap<number, readonly [name: string, meaning: string]>>> = {
  linux: new Map([[122, ['EDQUOT', 'disk quota exceeded']]]),
  darwin: new Map([[69, ['EDQUOT', 'disk quota exceeded']]]),
}

export interface IoErrorDetail {
  /** Byte position in the file, for reads and writes. */
  readonly offset?: number
  /** What went wrong, where the system's own words would mislead. */
  readonly reason?: string
}

/**
 * @param operation the system call, such as `fdatasync`
 * @param file path of the file or directory
 * @param errno as the platform numbers it, positive
 */
export function ioError(
  operation: string,
  file: string,
  errno: number,
  detail: IoErrorDetail = {},
  cause?: unknown,
): RingwalError {
  const [name, meaning] = describeErrno(errno)
  const where = detail.offset === undefined ? '' : ` at offset ${detail.offset}`
  const message = `${operation} of ${file}${where} failed: ${errnoName(errno)} (${detail.reason ?? meaning})`
  const facts = {
    operation,
    file,
    errno,
    ...(name === undefined ? {} : { errnoName: name }),
    ...(detail.offset === undefined ? {} : { offset: detail.offset }),
  }
  return new RingwalError('ERR_RINGWAL_IO', message, facts, cause)
}

/** Wraps what a `node:fs` call threw. Anything but a system error is a wrong call of ours: `ERR_RINGWAL_INTERNAL`. */
export function ioErrorFrom(operation: string, file: string, cause: unknown, detail: IoErrorDetail = {}): RingwalError {
  if (cause instanceof RingwalError) return cause
  const errno = errnoOf(cause)
  if (errno !== undefined) return ioError(operation, file, errno, detail, cause)
  const message = `${operation} of ${file} could not be called: ${cause instanceof Error ? cause.message : String(cause)}`
  return new RingwalError('ERR_RINGWAL_INTERNAL', message, { operation, file }, cause)
}

/** The positive errno of a system error of Node, `undefined` for any other value. */
function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return undefined
  return Math.abs(error.errno)
}

/** True for a system error of Node with one of these errno names. */
export function hasErrnoName(error: unknown, ...names: readonly string[]): boolean {
  const errno = errnoOf(error)
  const name = errno === undefined ? undefined : describeErrno(errno)[0]
  return name !== undefined && names.includes(name)
}

/** True for an `ERR_RINGWAL_IO` with one of these errno names. */
export function isIoError(error: unknown, ...names: readonly string[]): error is RingwalError {
  if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_IO') return false
  const { errnoName: name } = error.facts
  return typeof name === 'string' && names.includes(name)
}

/** What the platform calls an errno: `EIO`; `errno 9999` where it has no name. */
export function errnoName(errno: number): string {
  return describeErrno(errno)[0] ?? `errno ${errno}`
}

function describeErrno(errno: number): readonly [name: string | undefined, meaning: string] {
  // The map, not getSystemErrorName: that answers an unknown number with a sentence.
  const known = getSystemErrorMap().get(-errno) ?? NAMES_NODE_LACKS[process.platform]?.get(errno)
  return known === undefined ? [undefined, 'an error the runtime has no name for'] : [known[0], known[1]]
}
