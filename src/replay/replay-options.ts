import { integerOption, optionError } from '../errors.ts'
import { planRead, type ReadPlan } from '../read/read-options.ts'

/** What `replay` takes. LSNs are inclusive, and so is `since`; `until` is not. */
export interface ReplayOptions {
  /** URL of the reducer's module, such as `new URL('./reducer.js', import.meta.url)`: a module of named exports, see `Reducer`. */
  readonly reducer: URL | string
  /** Threads, 1 to 64: by default as many as there are cores, up to 8, and 1 for a small log. The result is the same for any. */
  readonly workers?: number
  /** Bytes of a part of the work, 4096 to 2^30, a multiple of 8. 2 MiB by default. Memory is in proportion to it. */
  readonly chunkBytes?: number
  /** First and last LSN. */
  readonly from?: number
  readonly to?: number
  /**
   * First time, and the time before which to end: nanoseconds since the Unix epoch, or a Date. Each record is held against
   * them by itself: the times of a log need not rise.
   */
  readonly since?: bigint | Date
  readonly until?: bigint | Date
  /** Only records of this type, or these types, of those that the reducer takes. Others are passed over by their headers. */
  readonly type?: number | readonly number[]
  /** Only records with this routing key, or these keys: 0 for those without one. Others are passed over likewise. */
  readonly key?: number | readonly number[]
  /**
   * A state to begin with, and the LSN up to which everything is in it: only what comes behind is replayed. Needs a reducer
   * with `restore`; `from` can not be given too.
   */
  readonly snapshot?: ReplaySnapshot
  /**
   * Whether to begin with the newest checkpoint of the log that verifies, has the reducer's label and is not behind `to`; the one
   * before it, where it does not verify. True by default; done only if the reducer has `restore`, and nothing else says what
   * to begin with or leave out: no `snapshot`, `from`, `since`, `until`, `type` or `key`.
   */
  readonly checkpoint?: boolean
  /** Ends the replay with ERR_RINGWAL_ABORTED. The threads end by themselves, within the records they are at. */
  readonly signal?: AbortSignal
  /** Told after each part of the work. What it throws ends the replay. */
  readonly onProgress?: (progress: ReplayProgress) => void
  /**
   * What to do at damage. `stop` (default): throw ERR_RINGWAL_DAMAGED, or ERR_RINGWAL_SEGMENTS, and give no state. `skip`: go on
   * behind it; `report.damage` tells of it. `observe`: the same, and `report.observing` says why the state is not to be
   * trusted: open the log with `observe: 'always'`. A torn tail is no damage.
   */
  readonly onDamage?: 'stop' | 'skip' | 'observe'
}

export interface ReplaySnapshot {
  readonly lsn: number
  /** From the reducer's `snapshot`. */
  readonly bytes: Uint8Array
}

export interface ReplayProgress {
  /** Bytes of the log's files whose records are applied, of how many. */
  readonly bytesDone: number
  readonly bytesTotal: number
  /** Records applied. */
  readonly records: number
}

/** The same, checked. */
export interface ReplayPlan {
  /** URL of the module. */
  readonly reducer: string
  readonly workers: number | undefined
  readonly chunkBytes: number
  /** Its bounds; `from` is behind the snapshot. */
  readonly read: ReadPlan
  readonly snapshot: ReplaySnapshot | undefined
  /** Whether a checkpoint may be the snapshot. */
  readonly checkpoint: boolean
  readonly signal: AbortSignal | undefined
  readonly onProgress: (progress: ReplayProgress) => void
  readonly onDamage: 'stop' | 'skip' | 'observe'
}

const KNOWN: readonly string[] = [
  'reducer',
  'workers',
  'chunkBytes',
  'from',
  'to',
  'since',
  'until',
  'type',
  'key',
  'snapshot',
  'checkpoint',
  'signal',
  'onProgress',
  'onDamage',
]
const WORKERS_MAX = 64
/** Long enough that handing it to a thread is nothing beside applying it, short enough to share a small log among many. */
const CHUNK_BYTES = 2 << 20
const CHUNK_BYTES_MIN = 4096
const CHUNK_BYTES_MAX = 2 ** 30

/** @throws ERR_RINGWAL_OPTION */
export function planReplay(options: ReplayOptions): ReplayPlan {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(name, value, `one of ${KNOWN.join(', ')}`)
  const { reducer, workers, chunkBytes, snapshot, checkpoint = true, signal, onProgress = ignore, ...others } = options
  const { onDamage = 'stop', ...bounds } = others
  if (!['stop', 'skip', 'observe'].includes(onDamage)) throw optionError('onDamage', onDamage, 'stop, skip or observe')
  if (typeof onProgress !== 'function') throw optionError('onProgress', onProgress, 'a function')
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw optionError('signal', signal, 'an AbortSignal')
  if (typeof checkpoint !== 'boolean') throw optionError('checkpoint', checkpoint, 'true or false')
  if (snapshot !== undefined && bounds.from !== undefined)
    throw optionError('from', bounds.from, 'nothing beside a snapshot: the replay begins behind it')
  const from = snapshot === undefined ? bounds.from : lsnOf(snapshot) + 1
  return {
    reducer: hrefOf(reducer),
    workers: workers === undefined ? undefined : integerOption('workers', workers, 1, WORKERS_MAX),
    chunkBytes: chunkSize(chunkBytes ?? CHUNK_BYTES),
    read: planRead({ ...bounds, ...(from === undefined ? {} : { from }) }),
    snapshot,
    checkpoint: checkpoint && snapshot === undefined && isUnbounded(bounds),
    signal,
    onProgress,
    onDamage,
  }
}

/** Only then a state that holds everything up to some LSN is a beginning of what is asked for. */
function isUnbounded({ from, since, until, type, key }: Partial<ReplayOptions>): boolean {
  return [from, since, until, type, key].every((bound) => bound === undefined)
}

function ignore(): void {}

function hrefOf(reducer: URL | string): string {
  const href = reducer instanceof URL ? reducer.href : reducer
  if (typeof href === 'string' && URL.canParse(href)) return href
  throw optionError('reducer', reducer, "the URL of a module, such as new URL('./reducer.js', import.meta.url)")
}

function chunkSize(value: number): number {
  if (value % 8 !== 0) throw optionError('chunkBytes', value, 'a multiple of 8')
  return integerOption('chunkBytes', value, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX)
}

function lsnOf(snapshot: ReplaySnapshot): number {
  if (typeof snapshot !== 'object' || snapshot === null) throw optionError('snapshot', snapshot, 'an object')
  const { lsn, bytes } = snapshot
  if (!(bytes instanceof Uint8Array)) throw optionError('snapshot.bytes', bytes, 'a Uint8Array')
  return integerOption('snapshot.lsn', lsn, 0, Number.MAX_SAFE_INTEGER - 1)
}
