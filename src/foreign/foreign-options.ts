import { integerOption, optionError } from '../errors.ts'
import type { OnForeignDamage } from './foreign-damage.ts'

/** What the readers of the binary formats take. */
export interface ForeignOptions {
  /**
   * `stop` throws ERR_RINGWAL_DAMAGED at the first damage, `skip` goes on as the original did, a function is told and then it
   * goes on. Readers stop by default, replays skip: they tell of all damage in their result.
   */
  readonly onDamage?: OnForeignDamage
  /**
   * The largest record that is taken into memory, in bytes, 1 to 267386880 (255 MiB, the default: twice that, as hexadecimal
   * digits, is the longest string there can be). A larger one is damage; what it says is never believed before its checksum.
   */
  readonly maxRecordBytes?: number
  /** How many warnings, and how many places of damage, a result holds at most, 0 to 10 million; 100,000 by default. All are counted. */
  readonly maxReports?: number
}

/** The same, checked. */
export interface ForeignPlan {
  readonly onDamage: OnForeignDamage
  readonly maxRecordBytes: number
  readonly maxReports: number
}

const RECORD_BYTES_MAX = 255 * 1024 * 1024
const REPORTS_MAX = 10_000_000
const KNOWN: readonly string[] = ['onDamage', 'maxRecordBytes', 'maxReports']

/**
 * @param own names of further options, which the caller checks
 * @throws ERR_RINGWAL_OPTION
 */
export function planForeign(
  path: string,
  options: ForeignOptions,
  onDamageDefault: 'stop' | 'skip',
  own: readonly string[] = [],
): ForeignPlan {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) throw optionError('path', path, 'a path')
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  const known = [...KNOWN, ...own]
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw optionError(name, value, `one of ${known.join(', ')}`)
  }
  const { onDamage = onDamageDefault } = options
  if (onDamage !== 'stop' && onDamage !== 'skip' && typeof onDamage !== 'function') {
    throw optionError('onDamage', onDamage, 'stop, skip or a function')
  }
  return {
    onDamage,
    maxRecordBytes: integerOption('maxRecordBytes', options.maxRecordBytes ?? RECORD_BYTES_MAX, 1, RECORD_BYTES_MAX),
    maxReports: integerOption('maxReports', options.maxReports ?? 100_000, 0, REPORTS_MAX),
  }
}
