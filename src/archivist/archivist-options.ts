import { resolve, sep } from 'node:path'
import { resolveTarget, type TargetSpec } from '../archive/target-spec.ts'
import { integerOption, optionError } from '../errors.ts'

/** What `archive` of `WalOptions` takes. Only `target` has no default. */
export interface WalArchiveOptions {
  /** Where the archive is: a directory outside of the log, which is made if need be, or a store, `s3://bucket/prefix`. */
  readonly target: TargetSpec
  /**
   * How often what is durable of the segment that still grows is archived, in milliseconds, 100 to 86400000. 5 minutes by default. Sealed
   * segments are archived at once.
   */
  readonly everyMs?: number
  /** Pack objects with gzip. False by default. */
  readonly compress?: boolean
  /** How long `close` waits for one more run, in milliseconds, 0 to 600000. 5000 by default; 0 makes none. */
  readonly closeMs?: number
  /**
   * How long the target may make no progress before it is given up, in milliseconds, 100 to 3600000. 6 minutes by default: longer than
   * a client of an object store goes on trying by itself.
   */
  readonly timeoutMs?: number
}

/** The same with every default filled in, checked. Can be cloned to another thread. */
export type ResolvedArchive = Required<WalArchiveOptions>

const KNOWN: readonly string[] = ['target', 'everyMs', 'compress', 'closeMs', 'timeoutMs']

/**
 * @param dir the log's directory
 * @throws ERR_RINGWAL_OPTION
 */
export function resolveArchive(options: WalArchiveOptions, dir: string): ResolvedArchive {
  if (typeof options !== 'object' || options === null) throw optionError('archive', options, 'an object with target')
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(`archive.${name}`, value, `one of ${KNOWN.join(', ')}`)
  const { compress = false } = options
  if (typeof compress !== 'boolean') throw optionError('archive.compress', compress, 'true, false')
  return {
    target: outsideOf(dir, resolveTarget('archive.target', options.target)),
    everyMs: integerOption('archive.everyMs', options.everyMs ?? 300_000, 100, 86_400_000),
    compress,
    closeMs: integerOption('archive.closeMs', options.closeMs ?? 5000, 0, 600_000),
    timeoutMs: integerOption('archive.timeoutMs', options.timeoutMs ?? 360_000, 100, 3_600_000),
  }
}

/** What is in the log's directory goes with it. */
function outsideOf(dir: string, target: TargetSpec): TargetSpec {
  if (typeof target === 'string' && `${target}${sep}`.startsWith(`${resolve(dir)}${sep}`))
    throw optionError('archive.target', target, 'a place outside of the log')
  return target
}
