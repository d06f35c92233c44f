import { type ResolvedArchive, resolveArchive, type WalArchiveOptions } from '../archivist/archivist-options.ts'
import { integerOption, optionError } from '../errors.ts'
import { FRAME_HEADER_BYTES, FRAME_PAYLOAD_LIMIT, frameBytes, HEADER_PAGE_BYTES } from '../format/index.ts'
import { type ResolvedRetention, type RetentionOptions, resolveRetention } from '../retention/retention-options.ts'
import { largestClaim } from './control-layout.ts'
import type { OpenMode, RecoverMode } from './recovery-report.ts'
import type { SyncPolicy } from './sync-plan.ts'

/** What `Wal.open` takes. Only `dir` has no default. */
export interface WalOptions {
  /** The log's directory. Made, with mode 0700, if it is not there. */
  readonly dir: string
  /**
   * When written records become durable by themselves: `always` (every batch is synced before the next is taken),
   * `interval` (at most `everyMs` after the first unsynced write, 1 to 3600000; 100 by default), `never` (only on flush,
   * close and rotation). `interval` by default. `durable()` tells the truth under each.
   */
  readonly sync?: { readonly policy: SyncPolicy; readonly everyMs?: number }
  /** Bytes of a segment file, 65536 to 4294967296, a multiple of 4096. 64 MiB by default. */
  readonly segmentBytes?: number
  /** Segments made and zero-filled ahead of need, 1 to 64. 1 by default. Each takes `segmentBytes` of disk. */
  readonly spareSegments?: number
  /** Bytes of the ring between producers and writer: a power of two, 65536 to 134217728. 16 MiB by default. */
  readonly ringBytes?: number
  /** The longest payload in bytes. 1 MiB by default; at most half the ring and what a segment holds. */
  readonly maxRecordBytes?: number
  /** What `append` does when the ring is full: block until there is room (`wait`, the default) or throw ERR_RINGWAL_FULL. */
  readonly backpressure?: 'wait' | 'error'
  /** Under `wait`, milliseconds after which a blocked `append` gives up with ERR_RINGWAL_FULL, 1 to 2^31 - 1. 60000 by default. */
  readonly waitMs?: number
  /**
   * What opening does about what a crash or a disk has left; README.md has the modes side by side.
   * - `strict` refuses all but a whole log: also a torn tail (unless it is `stale`), a lost copy of a header, and a file left
   *   behind the end with bytes in it. Nothing is changed.
   * - `tail` (default) cuts a torn tail and sets left-overs aside; refuses damage.
   * - `skip-damaged` opens over damaged records too, and goes on above every LSN that there was; refuses what needs repair:
   *   headers, and segments that do not form one log.
   * - `read-only` takes no lock, writes not a byte and starts no writer: for read-only media, and beside a live writer.
   *   Damage refuses nothing. Appends are refused with ERR_RINGWAL_READ_ONLY.
   *
   * Whatever is cut, skipped or found is told in `wal.recovery`; what is refused, by ERR_RINGWAL_DAMAGED or
   * ERR_RINGWAL_SEGMENTS, with all the `reasons`.
   */
  readonly recover?: OpenMode
  /**
   * Whether the log comes up under observation: locked and readable, with nothing written, and every append refused with
   * ERR_RINGWAL_OBSERVING, until `wal.resume()`. `never` (default); `damage`: where `recover` would refuse to open, for the
   * reasons in `wal.recovery.observing`; `always`: so that an engine can replay first, and then go live.
   */
  readonly observe?: 'never' | 'damage' | 'always'
  /**
   * How many bytes of segments, newest first, have every frame checked at open; the last segment always has. By default 256
   * MiB after a crash, and the last segment alone behind a clean close.
   */
  readonly verifyBytes?: number
  /**
   * Where, and how often, the log is archived while it is open, by a thread of its own: each segment when it is sealed, and what
   * is durable of the last one from time to time. Retention waits for it. No archive by default, and none with `recover:
   * 'read-only'`.
   */
  readonly archive?: WalArchiveOptions
  /** How much of the log is kept: see `RetentionOptions`. All of it by default. */
  readonly retention?: RetentionOptions
  /** 64-bit MessagePack integers are bigints. A setting of the log, kept in its segments; false by default for a new log. */
  readonly useBigInt64?: boolean
  /** How long the process's `exit` hook waits for a flush, in milliseconds, 0 to 60000. 1000 by default; 0 installs no hook. */
  readonly exitFlushMs?: number
  /** Signals on which to close the log and then end the process as the signal would. None by default. */
  readonly closeOnSignals?: readonly NodeJS.Signals[]
  /** Told of trouble that does not stop the log (no space for the next segment, say). By default a process warning. */
  readonly onWarning?: (error: Error) => void
}

/** The same with every default filled in, checked. */
export interface ResolvedOptions {
  readonly dir: string
  readonly policy: SyncPolicy
  readonly everyMs: number
  readonly segmentBytes: number
  readonly spareSegments: number
  readonly ringBytes: number
  readonly maxRecordBytes: number
  readonly backpressure: 'wait' | 'error'
  readonly waitMs: number
  readonly recover: OpenMode
  readonly observe: 'never' | 'damage' | 'always'
  readonly verifyBytes: number | undefined
  readonly archive: ResolvedArchive | undefined
  readonly retention: ResolvedRetention | undefined
  readonly useBigInt64: boolean | undefined
  readonly exitFlushMs: number
  readonly closeOnSignals: readonly NodeJS.Signals[]
  readonly onWarning: (error: Error) => void
}

/** What `resume` takes. */
export interface ResumeOptions {
  /** As in `WalOptions`; by default what the log was opened with. */
  readonly recover?: RecoverMode
}

const MIB = 1 << 20
const RECOVER_MODES: readonly RecoverMode[] = ['strict', 'tail', 'skip-damaged']
const KNOWN: readonly string[] = [
  'dir',
  'sync',
  'segmentBytes',
  'spareSegments',
  'ringBytes',
  'maxRecordBytes',
  'backpressure',
  'waitMs',
  'recover',
  'observe',
  'verifyBytes',
  'archive',
  'retention',
  'useBigInt64',
  'exitFlushMs',
  'closeOnSignals',
  'onWarning',
]

/** @throws ERR_RINGWAL_OPTION, naming the option, the value and what is allowed */
export function resolveOptions(options: WalOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object with dir')
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name))
      throw optionError(name, (options as unknown as Record<string, unknown>)[name], `one of ${KNOWN.join(', ')}`)
  }
  const { dir } = options
  if (typeof dir !== 'string' || dir === '' || dir.includes('\0'))
    throw optionError('dir', dir, 'the path of a directory')
  const sync = options.sync ?? { policy: 'interval' }
  const segmentBytes = integerOption('segmentBytes', options.segmentBytes ?? 64 * MIB, 65536, 2 ** 32)
  if (segmentBytes % HEADER_PAGE_BYTES !== 0) throw optionError('segmentBytes', segmentBytes, 'a multiple of 4096')
  const ringBytes = integerOption('ringBytes', options.ringBytes ?? 16 * MIB, 65536, 128 * MIB)
  if (!Number.isInteger(Math.log2(ringBytes)))
    throw optionError('ringBytes', ringBytes, 'a power of two from 65536 to 134217728')
  const largest = largestRecord(ringBytes, segmentBytes)
  const spareSegments = integerOption('spareSegments', options.spareSegments ?? 1, 1, 64)
  const files = { segmentBytes, spareSegments }
  const recover = oneOf('recover', options.recover ?? 'tail', [...RECOVER_MODES, 'read-only'])
  return {
    dir,
    policy: oneOf('sync.policy', sync.policy, ['always', 'interval', 'never']),
    everyMs: integerOption('sync.everyMs', sync.everyMs ?? 100, 1, 3_600_000),
    segmentBytes,
    spareSegments,
    ringBytes,
    maxRecordBytes: integerOption('maxRecordBytes', options.maxRecordBytes ?? Math.min(MIB, largest), 1, largest),
    backpressure: oneOf('backpressure', options.backpressure ?? 'wait', ['wait', 'error']),
    waitMs: integerOption('waitMs', options.waitMs ?? 60_000, 1, 2 ** 31 - 1),
    recover,
    observe: observation(options.observe ?? 'never', recover),
    verifyBytes: bytes('verifyBytes', options.verifyBytes),
    archive: archiving(options, recover),
    retention: options.retention === undefined ? undefined : resolveRetention(options.retention, files),
    useBigInt64: flag('useBigInt64', options.useBigInt64),
    exitFlushMs: integerOption('exitFlushMs', options.exitFlushMs ?? 1000, 0, 60_000),
    closeOnSignals: signals(options.closeOnSignals ?? []),
    onWarning: warning(options.onWarning),
  }
}

/** @throws ERR_RINGWAL_OPTION */
export function resolveResume(options: ResumeOptions, opened: ResolvedOptions): RecoverMode {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options)) if (name !== 'recover') throw optionError(name, value, 'recover')
  return oneOf('recover', (options.recover ?? opened.recover) as RecoverMode, RECOVER_MODES)
}

/**
 * The longest payload that fits half the ring, and a segment with its header page, a mark and an end frame. It is also
 * what a segment's header states: the tombstone of an abandoned batch may be as long, whatever `maxRecordBytes` is.
 */
export function largestRecord(ringBytes: number, segmentBytes: number): number {
  const inRing = largestClaim(ringBytes) - FRAME_HEADER_BYTES
  const inSegment = segmentBytes - HEADER_PAGE_BYTES - 3 * FRAME_HEADER_BYTES - frameBytes(0)
  return Math.min(inRing, inSegment, FRAME_PAYLOAD_LIMIT)
}

function bytes(option: string, value: unknown): number | undefined {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value
  throw optionError(option, value, 'a number of bytes from 0 to Infinity')
}

function oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value
  throw optionError(option, value, allowed.join(', '))
}

function flag(option: string, value: boolean | undefined): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  throw optionError(option, value, 'true, false')
}

function observation(value: ResolvedOptions['observe'], recover: OpenMode): ResolvedOptions['observe'] {
  const allowed = oneOf('observe', value, ['never', 'damage', 'always'])
  if (recover !== 'read-only' || allowed === 'never') return allowed
  throw optionError('observe', value, "never, with recover: 'read-only'")
}

function archiving({ archive, dir }: WalOptions, recover: OpenMode): ResolvedArchive | undefined {
  if (archive === undefined) return undefined
  if (recover !== 'read-only') return resolveArchive(archive, dir)
  throw optionError('archive', archive, "none, with recover: 'read-only'")
}

function signals(value: readonly NodeJS.Signals[]): readonly NodeJS.Signals[] {
  const isList = Array.isArray(value) && value.every((name) => typeof name === 'string' && /^SIG[A-Z0-9]+$/.test(name))
  if (isList && !value.some((name) => name === 'SIGKILL' || name === 'SIGSTOP')) return value
  throw optionError('closeOnSignals', String(value), 'a list of signal names that can be handled, such as SIGTERM')
}

function warning(value: ((error: Error) => void) | undefined): (error: Error) => void {
  if (value === undefined) return (error) => process.emitWarning(error)
  if (typeof value === 'function') return value
  throw optionError('onWarning', value, 'a function')
}
