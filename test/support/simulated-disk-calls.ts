/** One call of the simulated disk: its entry in the log, its fault, its error. */
import { constants } from 'node:os'
import { RingwalError } from '../../src/errors.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import { ioError } from '../../src/storage/io-error.ts'
import type { Failure, Fault } from './simulated-disk-faults.ts'

export type Operation = keyof FileSystem

/** The operations that change nothing, and have no file to let go of either. */
export const LOOKS: readonly Operation[] = ['read', 'list', 'stat', 'statPath', 'freeBytes']

/** One call of the port, as it stands in the log and as a fault hook sees it. */
export interface DiskCall {
  readonly operation: Operation
  readonly path: string
  /** The target of a rename; the file that a link is made to. */
  readonly to?: string
  readonly how?: 'read' | 'write' | 'create'
  /** Bytes; of a read or write, and as `length` the new size of a truncate. */
  readonly offset?: number
  readonly length?: number
  /** How the call failed, once it has. */
  failed?: string
}

/** What the model itself refuses; becomes an error with the facts of the call on its way out. */
export class Refusal extends Error {
  readonly errnoName: string
  /** Bytes moved before it. */
  readonly progress: number

  constructor(errnoName: string, progress = 0) {
    super(errnoName)
    this.errnoName = errnoName
    this.progress = progress
  }
}

/** The names that errors give to the operations: those of the system calls behind them. */
const SYSTEM_CALLS: Readonly<Record<Operation, string>> = {
  open: 'open',
  close: 'close',
  read: 'read',
  write: 'write',
  syncData: 'fdatasync',
  syncAll: 'fsync',
  truncate: 'ftruncate',
  stat: 'fstat',
  statPath: 'lstat',
  list: 'readdir',
  makeDirectory: 'mkdir',
  removeDirectory: 'rmdir',
  rename: 'rename',
  link: 'link',
  remove: 'unlink',
  syncDirectory: 'fsync',
  freeBytes: 'statfs',
}

const NUMBERS: Readonly<Record<string, number>> = constants.errno

/** The error that the port promises for a call that failed after `progress` bytes. */
function callError(call: DiskCall, errno: string | number, progress = 0): RingwalError {
  const number = typeof errno === 'number' ? errno : NUMBERS[errno]
  if (number === undefined) throw new TypeError(`no errno is known for ${errno}: give its number`)
  call.failed = String(errno)
  const detail = call.offset === undefined ? {} : { offset: call.offset + progress }
  return ioError(SYSTEM_CALLS[call.operation], call.path, number, detail)
}

/**
 * Carries a call out as its fault has it.
 * @param action does it; is told how many bytes to move.
 * @param failing what a failure does, if not nothing.
 */
export function carryOut<T>(
  call: DiskCall,
  fault: Fault | undefined,
  action: (length: number) => T,
  failing?: (fault: Failure) => void,
): T {
  const length = call.length ?? 0
  const moves = call.offset !== undefined
  try {
    if (fault === undefined) return action(length)
    if ('shortBy' in fault) {
      if (!moves) throw new TypeError(`${call.operation} moves no bytes that could be short`)
      return action(Math.max(0, length - fault.shortBy))
    }
    const progress = moves ? Math.min(fault.progress ?? 0, length) : 0
    if (fault.applied) action(length)
    else if (progress > 0) action(progress)
    else failing?.(fault)
    throw callError(call, fault.errno, progress)
  } catch (error) {
    if (error instanceof Refusal) throw callError(call, error.errnoName, error.progress)
    throw error
  }
}

/** As `node:fs` behind the real port: a range outside of the buffer or the file is a wrong call, not a failing disk. */
export function requireRange(
  operation: 'read' | 'write',
  buffer: Uint8Array,
  at: number,
  length: number,
  position: number,
): void {
  const whole = [at, length, position].every((value) => Number.isSafeInteger(value) && value >= 0)
  if (whole && at + length <= buffer.length) return
  const range = `${length} bytes at index ${at} of ${buffer.length}, position ${position}`
  throw new RingwalError('ERR_RINGWAL_INTERNAL', `${operation} could not be called: ${range}`, { position })
}
