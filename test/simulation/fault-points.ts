/** Every call that can fail, and every way in which it can: the points of the Nth-call sweep. */
import type { DiskCall, Operation } from '../support/simulated-disk-calls.ts'
import { LOOKS } from '../support/simulated-disk-calls.ts'
import { randomChoice } from '../support/simulated-disk-crash.ts'
import type { DiskFaults, Fault } from '../support/simulated-disk-faults.ts'

/** Without `removeDirectory`, which only undoes what failed before. */
export const OPERATIONS: readonly Operation[] = [
  ...(['open', 'close', 'read', 'write', 'syncData', 'syncAll', 'truncate', 'stat', 'statPath', 'list'] as const),
  ...(['makeDirectory', 'rename', 'link', 'remove', 'syncDirectory', 'freeBytes'] as const),
]

/** EDQUOT has no name in Node. */
export const ERRNOS: readonly (string | number)[] = [
  'EIO',
  'ENOSPC',
  122,
  'EINTR',
  'EAGAIN',
  'EROFS',
  'EMFILE',
  'EACCES',
]

/**
 * How the call fails: at once; after some bytes; after it took effect all the same; after some of what a sync was to make
 * durable reached the disk. Or not at all, but 30 seconds later (rule R22).
 */
export type Manner = 'plain' | 'partial' | 'applied' | 'survivors' | 'hang'

export interface FaultKind {
  readonly operation: Operation
  readonly errno: string | number
  readonly manner: Manner
  /** Also every later call of the operation, until the process ends. */
  readonly isForEver: boolean
}

export const HANG_MS = 30_000
const SYNCS: readonly Operation[] = ['syncData', 'syncAll', 'syncDirectory']

/** Each with its errnos, manners, and once or for ever. */
export function faultKinds(operation: Operation): FaultKind[] {
  const kinds: FaultKind[] = []
  for (const isForEver of [false, true]) {
    for (const errno of ERRNOS) kinds.push({ operation, errno, manner: 'plain', isForEver })
    for (const manner of mannersOf(operation)) kinds.push({ operation, errno: 'EIO', manner, isForEver })
  }
  return kinds
}

function mannersOf(operation: Operation): Manner[] {
  if (SYNCS.includes(operation)) return ['survivors', 'hang']
  if (operation === 'write') return ['partial', 'applied', 'hang']
  // An open that fails has made no file; a call that changes nothing can not have taken effect.
  return operation === 'open' || LOOKS.includes(operation) ? ['hang'] : ['applied', 'hang']
}

/** The fault of a point, over however many disks a life has. */
export class NthCall implements DiskFaults {
  /** The calls that failed, the first one first. */
  readonly struck: DiskCall[] = []
  isHealed = false
  private counted = 0
  private readonly kind: FaultKind
  private readonly at: number
  private readonly onHang: () => void

  /** @param at which call of the operation, from 1 */
  constructor(kind: FaultKind, at: number, onHang: () => void) {
    this.kind = kind
    this.at = at
    this.onHang = onHang
  }

  onCall(operation: Operation, _number: number, call: DiskCall): Fault | undefined {
    const { manner, errno, isForEver } = this.kind
    if (operation !== this.kind.operation || this.isHealed) return undefined
    this.counted++
    if (isForEver ? this.counted < this.at : this.counted !== this.at) return undefined
    this.struck.push(call)
    if (manner === 'hang') {
      this.onHang()
      return undefined
    }
    if (manner === 'partial') return { errno, progress: 39 }
    if (manner === 'survivors') return { errno, survivors: randomChoice(this.at, 0.2) }
    return manner === 'applied' ? { errno, applied: true } : { errno }
  }
}

export function describeKind({ operation, errno, manner, isForEver }: FaultKind): string {
  const how =
    manner === 'hang' ? 'hang' : `${errno === 122 ? 'EDQUOT' : errno}${manner === 'plain' ? '' : ` ${manner}`}`
  return `${operation} ${how} ${isForEver ? 'for ever' : 'once'}`
}
