import { basename, dirname } from 'node:path'
import { RingwalError } from '../errors.ts'
import type { FileSystem } from './file-system.ts'

/** A repair in place that died between its two renames: the log's directory is missing, and the repaired one is whole. */
export interface InterruptedRepair {
  /** The repaired log, durable, which has only to get its name. */
  readonly repaired: string
  /** The directory as it was. */
  readonly originals: string
}

/** Names that a repair in place gives for a while, and for good. @param stamp from `repairStamp` */
export function repairingName(dir: string, stamp: string): string {
  return `${dir}.repairing-${stamp}`
}

export function brokenName(dir: string, stamp: string): string {
  return `${dir}.broken-${stamp}`
}

/** UTC, to the millisecond: `20261121T120000.123Z`. */
export function repairStamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:]/g, '')
}

const STAMP = /^\d{8}T\d{6}\.\d{3}Z$/

/**
 * Whether a log is missing because a repair in place died right before its end. Who makes a new log there all the same takes
 * the place of the repaired one. `ringwal repair --in-place` finishes it.
 * @param dir absolute
 */
export function findInterruptedRepair(fs: FileSystem, dir: string): InterruptedRepair | undefined {
  const parent = dirname(dir)
  if (fs.statPath(dir) !== undefined || fs.statPath(parent)?.kind !== 'directory') return undefined
  const prefix = `${basename(dir)}.repairing-`
  const stamps = fs
    .list(parent)
    .filter((name) => name.startsWith(prefix) && STAMP.test(name.slice(prefix.length)))
    .map((name) => name.slice(prefix.length))
  // The originals are moved only when the repaired log is whole: one alone is what a repair left that died before.
  const stamp = stamps.sort().findLast((one) => {
    const isDirectory = (path: string): boolean => fs.statPath(path)?.kind === 'directory'
    return isDirectory(repairingName(dir, one)) && isDirectory(brokenName(dir, one))
  })
  return stamp === undefined ? undefined : { repaired: repairingName(dir, stamp), originals: brokenName(dir, stamp) }
}

/** A new log in the place of one whose repair only lacks its last step would begin at LSN 1 again. */
export function refuseInterruptedRepair(fs: FileSystem, dir: string): void {
  const interrupted = findInterruptedRepair(fs, dir)
  if (interrupted === undefined) return
  const command = `ringwal repair ${dir} --in-place`
  const message = `${dir} is missing because a repair in place was interrupted: the log is whole in ${interrupted.repaired}; finish it: ${command}`
  throw new RingwalError('ERR_RINGWAL_SEGMENTS', message, { dir, ...interrupted, command })
}
