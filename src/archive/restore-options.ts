import { resolve } from 'node:path'
import { optionError } from '../errors.ts'
import { parseBackupId } from './archive-names.ts'

/** What `restoreLog` takes. At most one of `timestamp`, `lsn` and `backupId`; without, all that the archive has. */
export interface RestoreOptions {
  /** Directory of the restored log, in a directory that is there. What is there already is moved aside. */
  readonly output: string
  /** The log up to this time, nanoseconds since the Unix epoch, or a Date: it ends before the first record of a later one. */
  readonly timestamp?: bigint | Date
  /** The log up to this LSN. */
  readonly lsn?: number
  /** The log as it was at the end of this backup. */
  readonly backupId?: string
  /** The record of the time or the LSN itself is left out; false by default. */
  readonly exclusive?: boolean
  /** Only tell what would be restored; objects are read and checked all the same. */
  readonly dryRun?: boolean
  /** Check every byte of the restored log before it is put in place; true by default. */
  readonly validate?: boolean
  /**
   * Looks at the restored log, with `validate`, before it is put in place: whether what it means can be true is for the application
   * to say. What this throws ends the restore, and nothing was changed.
   */
  readonly inspect?: (dir: string, firstLsn: number) => void | Promise<void>
  /** Directory, on the same file system, in which the log is put together; by default the one above `output`. */
  readonly stagingDir?: string
  /** Told now and then how many bytes of how many have been read. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void
}

/** Up to where. */
export type RestoreTarget =
  | { readonly kind: 'end' }
  | { readonly kind: 'lsn'; readonly lsn: number }
  | { readonly kind: 'time'; readonly time: bigint }
  | { readonly kind: 'backup'; readonly id: string }

export interface RestoreRequest {
  readonly output: string
  /** The record of a target with `exclusive` is left out already. */
  readonly target: RestoreTarget
  readonly dryRun: boolean
  readonly validate: boolean
  readonly inspect: (dir: string, firstLsn: number) => void | Promise<void>
  readonly stagingDir: string | undefined
  readonly onProgress: (bytesDone: number, bytesTotal: number) => void
}

const KNOWN: readonly string[] = [
  ...['output', 'timestamp', 'lsn', 'backupId', 'exclusive', 'dryRun', 'validate', 'inspect', 'stagingDir'],
  'onProgress',
]

/** @throws ERR_RINGWAL_OPTION */
export function planRestore(options: RestoreOptions): RestoreRequest {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(name, value, `one of ${KNOWN.join(', ')}`)
  const { output, stagingDir, inspect = () => {}, onProgress = () => {} } = options
  requirePath('output', output)
  if (stagingDir !== undefined) requirePath('stagingDir', stagingDir)
  if (typeof inspect !== 'function') throw optionError('inspect', inspect, 'a function')
  if (typeof onProgress !== 'function') throw optionError('onProgress', onProgress, 'a function')
  return {
    output: resolve(output),
    target: targetOf(options),
    dryRun: flag('dryRun', options.dryRun, false),
    validate: flag('validate', options.validate, true),
    inspect,
    stagingDir: stagingDir === undefined ? undefined : resolve(stagingDir),
    onProgress,
  }
}

function targetOf({ timestamp, lsn, backupId, exclusive }: RestoreOptions): RestoreTarget {
  const given = Object.entries({ timestamp, lsn, backupId }).filter(([, value]) => value !== undefined)
  if (given.length > 1) throw optionError(given[1]![0], given[1]![1], `not together with ${given[0]![0]}`)
  const isExclusive = flag('exclusive', exclusive, false)
  if (lsn !== undefined) {
    const least = isExclusive ? 2 : 1
    if (!Number.isSafeInteger(lsn) || lsn < least) throw optionError('lsn', lsn, `an LSN from ${least} on`)
    return { kind: 'lsn', lsn: isExclusive ? lsn - 1 : lsn }
  }
  if (timestamp !== undefined) return { kind: 'time', time: nanoseconds(timestamp) - (isExclusive ? 1n : 0n) }
  if (isExclusive) throw optionError('exclusive', true, 'together with timestamp or lsn only')
  if (backupId === undefined) return { kind: 'end' }
  if (typeof backupId !== 'string' || parseBackupId(backupId) === undefined)
    throw optionError('backupId', backupId, 'the id of a backup, such as 0000000042-3fa9c1d2e4b57a60')
  return { kind: 'backup', id: backupId }
}

function nanoseconds(value: bigint | Date): bigint {
  if (value instanceof Date && value.getTime() > 0) return BigInt(value.getTime()) * 1_000_000n
  if (typeof value === 'bigint' && value > 0n && value < 2n ** 64n) return value
  throw optionError('timestamp', value, 'a Date, or nanoseconds since the Unix epoch as a bigint')
}

function requirePath(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw optionError(option, value, 'a path')
}

function flag(option: string, value: boolean | undefined, fallback: boolean): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? fallback
  throw optionError(option, value, 'true, false')
}
