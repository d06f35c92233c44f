import { optionError } from '../errors.ts'
import type { Damage } from './damage.ts'
import { END_OF_TIME, type RecordFilter } from './record-filter.ts'

/** What `readWal` takes. Every bound is inclusive but `until`. */
export interface ReadOptions {
  /** First and last LSN. */
  readonly from?: number
  readonly to?: number
  /**
   * First time, and the time before which to end: nanoseconds since the Unix epoch, or a Date. Times are taken not to run
   * backward inside one segment; in a log whose times the application gave in another order, read without `since`.
   */
  readonly since?: bigint | Date
  readonly until?: bigint | Date
  /** Only records of this type, or these types. Others are passed over by their headers. */
  readonly type?: number | readonly number[]
  /** Only records with this routing key, or these keys: 0 for those without one. Others are passed over likewise. */
  readonly key?: number | readonly number[]
  /** `stop` (default) throws ERR_RINGWAL_DAMAGED at damage; `skip` goes on behind it; a function is told, and then it goes on. */
  readonly onDamage?: 'stop' | 'skip' | ((damage: Damage) => void)
  /** Go on waiting for new records at the end. Sees durable records only, from any process or thread. */
  readonly follow?: boolean
  /** With `follow`: how often to look, in milliseconds, 1 to 60000. 20 by default. */
  readonly pollMs?: number
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal
}

/** The same, checked, in the form that the readers use. */
export interface ReadPlan extends RecordFilter {
  readonly onDamage: 'stop' | 'skip' | ((damage: Damage) => void)
  readonly follow: boolean
  readonly pollMs: number
  readonly signal: AbortSignal | undefined
}

const KNOWN: readonly string[] = [
  'from',
  'to',
  'since',
  'until',
  'type',
  'key',
  'onDamage',
  'follow',
  'pollMs',
  'signal',
]
const TYPE_MAX = 0xffff
const KEY_MAX = 0xffff_ffff

/** @throws ERR_RINGWAL_OPTION */
export function planRead(options: ReadOptions): ReadPlan {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options)) {
    if (!KNOWN.includes(name)) throw optionError(name, value, `one of ${KNOWN.join(', ')}`)
  }
  const { onDamage = 'stop', follow = false, signal } = options
  if (onDamage !== 'stop' && onDamage !== 'skip' && typeof onDamage !== 'function') {
    throw optionError('onDamage', onDamage, 'stop, skip or a function')
  }
  if (typeof follow !== 'boolean') throw optionError('follow', follow, 'true, false')
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw optionError('signal', signal, 'an AbortSignal')
  return {
    from: lsn('from', options.from, 1),
    to: lsn('to', options.to, Number.MAX_SAFE_INTEGER),
    since: nanoseconds('since', options.since, 0n),
    until: nanoseconds('until', options.until, END_OF_TIME),
    types: integers('type', options.type, TYPE_MAX),
    keys: integers('key', options.key, KEY_MAX),
    onDamage,
    follow,
    pollMs: pollMs(options.pollMs ?? 20),
    signal,
  }
}

function lsn(option: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw optionError(option, value, 'an LSN: an integer from 0 to 2^53 - 1')
}

function nanoseconds(option: string, value: bigint | Date | undefined, fallback: bigint): bigint {
  if (value === undefined) return fallback
  if (value instanceof Date && !Number.isNaN(value.getTime())) return BigInt(value.getTime()) * 1_000_000n
  if (typeof value === 'bigint' && value >= 0n) return value
  throw optionError(option, value, 'a Date, or nanoseconds since the Unix epoch as a bigint')
}

function integers(
  option: string,
  value: number | readonly number[] | undefined,
  max: number,
): readonly number[] | undefined {
  if (value === undefined) return undefined
  const list = typeof value === 'number' ? [value] : value
  const isList = Array.isArray(list) && list.every((one) => Number.isInteger(one) && one >= 0 && one <= max)
  if (!isList) throw optionError(option, String(value), `an integer from 0 to ${max}, or a list of them`)
  return [...list]
}

function pollMs(value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 60_000) return value
  throw optionError('pollMs', value, 'an integer from 1 to 60000')
}
