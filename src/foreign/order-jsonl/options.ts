import { integerOption, optionError } from '../../errors.ts'

export interface OrderJsonlReadOptions {
  /**
   * The longest line that is taken into memory, in bytes, 1 to 267386880 (255 MiB); 64 MiB by default. A longer one counts as a
   * parse error, and reading goes on behind it.
   */
  readonly maxLineBytes?: number
  /** Ends the iteration, without an error; a replay it ends with ERR_RINGWAL_ABORTED. */
  readonly signal?: AbortSignal
}

export interface OrderJsonlReplayOptions extends OrderJsonlReadOptions {
  /** An event without a total volume leaves the total unknown, so that old partial fills are taken in. */
  readonly legacyTotals?: boolean
  /** Whatever there is a warning of makes the result unclean. */
  readonly strict?: boolean
  /** How many warnings, and how many problems, a result holds at most, 0 to 10 million; 100,000 by default. All are counted. */
  readonly maxReports?: number
  /** Told now and then how many bytes of how many have been read. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void
}

/** The same, checked. */
export interface ReplayPlan {
  readonly maxLineBytes: number
  readonly signal: AbortSignal | undefined
  readonly legacyTotals: boolean
  readonly strict: boolean
  readonly maxReports: number
  readonly onProgress: (bytesDone: number, bytesTotal: number) => void
}

const LINE_BYTES_DEFAULT = 64 << 20
const LINE_BYTES_MAX = 255 << 20
const REPORTS_DEFAULT = 100_000
const REPORTS_MAX = 10_000_000
const READ_OPTIONS: readonly string[] = ['maxLineBytes', 'signal']
const REPLAY_OPTIONS: readonly string[] = [...READ_OPTIONS, 'legacyTotals', 'strict', 'maxReports', 'onProgress']

/** @throws ERR_RINGWAL_OPTION */
export function planReading(options: OrderJsonlReadOptions): ReplayPlan {
  return plan(options, READ_OPTIONS)
}

/** @throws ERR_RINGWAL_OPTION */
export function planReplay(options: OrderJsonlReplayOptions): ReplayPlan {
  return plan(options, REPLAY_OPTIONS)
}

/** @throws ERR_RINGWAL_OPTION */
export function checkPath(path: string): void {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) throw optionError('path', path, 'a path')
}

function plan(options: OrderJsonlReplayOptions, known: readonly string[]): ReplayPlan {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw optionError(name, value, `one of ${known.join(', ')}`)
  }
  const { signal, legacyTotals = false, strict = false, onProgress = () => {} } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw optionError('signal', signal, 'an AbortSignal')
  if (typeof legacyTotals !== 'boolean') throw optionError('legacyTotals', legacyTotals, 'true, false')
  if (typeof strict !== 'boolean') throw optionError('strict', strict, 'true, false')
  if (typeof onProgress !== 'function') throw optionError('onProgress', onProgress, 'a function')
  return {
    maxLineBytes: integerOption('maxLineBytes', options.maxLineBytes ?? LINE_BYTES_DEFAULT, 1, LINE_BYTES_MAX),
    signal,
    legacyTotals,
    strict,
    maxReports: integerOption('maxReports', options.maxReports ?? REPORTS_DEFAULT, 0, REPORTS_MAX),
    onProgress,
  }
}
