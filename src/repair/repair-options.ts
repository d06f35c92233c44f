import { optionError } from '../errors.ts'

/** What `repairLog` takes. One of `output`, `inPlace` and `dryRun` must be given. */
export interface RepairOptions {
  /** Directory for the repaired log, in a directory that is there; must not exist, or be empty. */
  readonly output?: string
  /** The repaired log takes the place of the old one, which is moved to `<dir>.broken-<time>`. */
  readonly inPlace?: boolean
  /** Only tell what would be done. Goes with the two others. */
  readonly dryRun?: boolean
  /** The last LSN that stays; what follows is cut. */
  readonly truncateAt?: number
  /** Numbers of segments that are left out; their records are lost. */
  readonly dropSegments?: readonly number[]
  /** Turn a bit back where that makes a damaged record verify, and only one bit does. Reads everything once more. */
  readonly fixSingleBit?: boolean
  /** Threads to share the work among, 1 to 64: by default as many as there are cores, up to 8, and 1 for a small log. */
  readonly workers?: number
  /** Told now and then how many bytes of how many have been copied. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void
}

/** What `salvageFiles` takes. One of `output` and `dryRun` must be given. */
export interface SalvageOptions {
  /** As for a repair. */
  readonly output?: string
  readonly dryRun?: boolean
  /** Where the files are of several logs: the one whose files are taken, 32 hexadecimal digits. */
  readonly logId?: string
  readonly workers?: number
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void
}

/** Where the result goes. */
export type Target =
  | { readonly kind: 'output'; readonly dir: string }
  | { readonly kind: 'in-place' }
  | { readonly kind: 'none' }

export interface RepairRequest {
  readonly target: Target
  readonly truncateAt: number | undefined
  readonly dropSegments: readonly number[]
  readonly fixSingleBit: boolean
  /** Threads; undefined to choose by the size of the log. */
  readonly workers: number | undefined
  readonly onProgress: (bytesDone: number, bytesTotal: number) => void
}

export interface SalvageRequest extends Pick<RepairRequest, 'workers' | 'onProgress'> {
  readonly target: Exclude<Target, { readonly kind: 'in-place' }>
  readonly logId: string | undefined
}

const REPAIR_NAMES = [
  'output',
  'inPlace',
  'dryRun',
  'truncateAt',
  'dropSegments',
  'fixSingleBit',
  'workers',
  'onProgress',
]
const SALVAGE_NAMES = ['output', 'dryRun', 'logId', 'workers', 'onProgress']

/** @throws ERR_RINGWAL_OPTION */
export function planOptions(options: RepairOptions): RepairRequest {
  requireNames(options, REPAIR_NAMES)
  const { output, inPlace = false, dryRun = false, truncateAt, dropSegments = [], fixSingleBit = false } = options
  requireBoolean('inPlace', inPlace)
  requireBoolean('fixSingleBit', fixSingleBit)
  if (output !== undefined && inPlace) throw optionError('inPlace', true, 'not together with output')
  if (output === undefined && !inPlace && !dryRun)
    throw optionError('output', output, 'a directory, where neither inPlace nor dryRun is given')
  if (truncateAt !== undefined && !isNumber(truncateAt)) throw optionError('truncateAt', truncateAt, 'an LSN')
  if (!Array.isArray(dropSegments) || !dropSegments.every(isNumber))
    throw optionError('dropSegments', dropSegments, 'a list of segment numbers')
  const target = targetOf(output, dryRun) ?? ({ kind: 'in-place' } as const)
  return { target, truncateAt, dropSegments, fixSingleBit, ...commonOf(options) }
}

/** @throws ERR_RINGWAL_OPTION */
export function salvageOptions(options: SalvageOptions): SalvageRequest {
  requireNames(options, SALVAGE_NAMES)
  const { output, dryRun = false, logId } = options
  const target = targetOf(output, dryRun)
  if (target === undefined) throw optionError('output', output, 'a directory, where dryRun is not given')
  if (logId !== undefined && !(typeof logId === 'string' && /^[0-9a-f]{32}$/.test(logId)))
    throw optionError('logId', logId, '32 hexadecimal digits, in lower case')
  return { target, logId, ...commonOf(options) }
}

function targetOf(output: string | undefined, dryRun: boolean): SalvageRequest['target'] | undefined {
  requireBoolean('dryRun', dryRun)
  if (output !== undefined && (typeof output !== 'string' || output === ''))
    throw optionError('output', output, 'a path')
  if (dryRun) return { kind: 'none' }
  return output === undefined ? undefined : { kind: 'output', dir: output }
}

const WORKERS_MAX = 64

function commonOf({
  workers,
  onProgress = () => {},
}: Pick<RepairOptions, 'workers' | 'onProgress'>): Pick<RepairRequest, 'workers' | 'onProgress'> {
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= WORKERS_MAX))
    throw optionError('workers', workers, `an integer from 1 to ${WORKERS_MAX}`)
  if (typeof onProgress !== 'function') throw optionError('onProgress', onProgress, 'a function')
  return { workers, onProgress }
}

function requireNames(options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options)) {
    if (!names.includes(name)) throw optionError(name, value, `one of ${names.join(', ')}`)
  }
}

function requireBoolean(option: string, value: unknown): void {
  if (typeof value !== 'boolean') throw optionError(option, value, 'true, false')
}

/** Of an LSN, or a segment. */
function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}
