import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { withFile } from '../read/log-view.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { brokenName, type InterruptedRepair, repairingName, repairStamp } from '../storage/interrupted-repair.ts'
import { ioError, isIoError } from '../storage/io-error.ts'
import type { StagingDirectory } from '../storage/staging-directory.ts'
import { writeReport } from './output-directory.ts'
import type { RepairLock, RepairPorts } from './repair-ports.ts'
import type { RepairReport } from './repair-report.ts'
import { newRepairStaging, REPORT_JSON } from './staging.ts'

/**
 * Puts a repaired log in the place of the one in `dir`, which keeps all its files under another name.
 *
 * Two renames, as no call exchanges two directories. The first becomes durable before the second is made, and both only
 * when the repaired log is durable: whatever survives a crash, `dir` is the old log or the new one, or is missing with both
 * beside it, which `findInterruptedRepair` tells.
 * @param fill writes the segments, makes them durable and tells of it, given where the originals will be
 */
export async function repairInPlace(
  ports: RepairPorts,
  dir: string,
  lock: RepairLock,
  fill: (staging: StagingDirectory, originals: string) => Promise<RepairReport>,
): Promise<RepairReport> {
  refuseMountPoint(ports.fs, dir)
  const stamp = freeStamp(ports, dir)
  const originals = brokenName(dir, stamp)
  const staging = makeStaging(ports, dir, stamp)
  let report: RepairReport
  try {
    report = await fill(staging, originals)
    writeReport(staging, report)
    staging.sync()
  } catch (error) {
    staging.remove()
    throw error
  }
  moveAway(ports.fs, dir, originals, staging)
  lock.movedTo(originals)
  putInPlace(ports.fs, dir, { repaired: staging.path, originals })
  return report
}

function moveAway(fs: FileSystem, dir: string, originals: string, staging: StagingDirectory): void {
  try {
    fs.rename(dir, originals)
  } catch (error) {
    if (fs.statPath(dir) === undefined) throw unfinished(dir, { repaired: staging.path, originals }, error)
    staging.remove()
    throw isIoError(error, 'EBUSY', 'EXDEV', 'EACCES', 'EPERM') ? inPlaceRefused(dir, error) : error
  }
}

/** From the first rename on nothing is removed any more: what a power cut then brings back is not for this process to know. */
function putInPlace(fs: FileSystem, dir: string, interrupted: InterruptedRepair): void {
  try {
    fs.syncDirectory(dirname(dir))
    fs.rename(interrupted.repaired, dir)
    fs.syncDirectory(dirname(dir))
  } catch (error) {
    throw unfinished(dir, interrupted, error)
  }
}

function unfinished(dir: string, { repaired, originals }: InterruptedRepair, cause: unknown): RingwalError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const where = `The repaired log is whole in ${repaired}, or already in ${dir}; the originals are in ${originals}`
  const message = `${why}. ${where}; run: ringwal repair ${dir} --in-place`
  return new RingwalError('ERR_RINGWAL_IO', message, { file: dir, repaired, originals }, cause)
}

/** Does what an earlier repair died before doing. @returns that repair's report */
export function finishRepair({ fs }: RepairPorts, dir: string, interrupted: InterruptedRepair): RepairReport {
  putInPlace(fs, dir, interrupted)
  const report = readReport(fs, join(dir, REPORT_JSON))
  return {
    ...report,
    notes: [...report.notes, 'An earlier repair had died right before its end; it was finished now.'],
  }
}

const REPORT_BYTES_MAX = 1 << 26

function readReport(fs: FileSystem, path: string): RepairReport {
  try {
    return withFile(fs, path, (file) => {
      const bytes = new Uint8Array(Math.min(fs.stat(file).size, REPORT_BYTES_MAX))
      fs.read(file, bytes, 0, bytes.length, 0)
      return JSON.parse(new TextDecoder().decode(bytes)) as RepairReport
    })
  } catch (error) {
    const message = `the repaired log is in place, but ${path}, which tells of it, can not be read`
    throw new RingwalError('ERR_RINGWAL_INPUT', message, { file: path }, error)
  }
}

/** A directory on another device than the one above it can not be renamed. */
function refuseMountPoint(fs: FileSystem, dir: string): void {
  const deviceOf = (path: string): string | undefined => fs.statPath(path)?.identity.match(/^(.+):/)?.[1]
  if (deviceOf(dir) === deviceOf(dirname(dir))) return
  throw inPlaceRefused(dir, ioError('rename', dir, constants.errno.EBUSY, { reason: 'it is a mount point' }))
}

function freeStamp({ fs, now }: RepairPorts, dir: string): string {
  let time = now()
  const isTaken = (path: string): boolean => fs.statPath(path) !== undefined
  while (isTaken(brokenName(dir, repairStamp(time))) || isTaken(repairingName(dir, repairStamp(time)))) time++
  return repairStamp(time)
}

function makeStaging(ports: RepairPorts, dir: string, stamp: string): StagingDirectory {
  try {
    return newRepairStaging(ports, repairingName(dir, stamp))
  } catch (error) {
    throw isIoError(error, 'EACCES', 'EPERM', 'EROFS') ? inPlaceRefused(dir, error) : error
  }
}

function inPlaceRefused(dir: string, cause: RingwalError): RingwalError {
  const message = `${cause.message}. ${dir} can not be repaired in place: repair it into another directory, with --output`
  return new RingwalError('ERR_RINGWAL_IO', message, cause.facts, cause)
}
