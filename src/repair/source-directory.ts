import { constants } from 'node:os'
import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { HEADER_PAGE_BYTES } from '../format/index.ts'
import { withFile } from '../read/log-view.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { findInterruptedRepair } from '../storage/interrupted-repair.ts'
import { ioError, isIoError } from '../storage/io-error.ts'
import type { SegmentListing } from '../storage/segment-directory.ts'
import type { RepairLock, RepairPorts } from './repair-ports.ts'

/** @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_IO for anything but a directory, such as a link to one */
export function requireDirectory(fs: FileSystem, dir: string): void {
  const kind = fs.statPath(dir)?.kind
  if (kind === 'directory') return
  if (kind === 'link')
    throw ioError('open', dir, constants.errno.ELOOP, { reason: 'a symbolic link, which is refused' })
  if (kind !== undefined)
    throw ioError('open', dir, constants.errno.ENOTDIR, { reason: 'no directory; for single files: ringwal salvage' })
  const interrupted = findInterruptedRepair(fs, dir)
  const why = interrupted === undefined ? '' : `: a repair died before its end; run: ringwal repair ${dir} --in-place`
  throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no log at ${dir}${why}`, { dir })
}

/**
 * A disk that fails to read a file has lost it. Anything else that keeps a file from being read (no permission, no descriptor
 * left) is no damage, and must not cost its records.
 * @throws ERR_RINGWAL_IO
 */
export function requireReachable(fs: FileSystem, dir: string, { problems }: SegmentListing): void {
  for (const { file, message } of problems.filter((problem) => problem.class === 'unreadable')) {
    const path = join(dir, file)
    try {
      withFile(fs, path, (opened) => fs.read(opened, new Uint8Array(HEADER_PAGE_BYTES), 0, HEADER_PAGE_BYTES, 0))
    } catch (error) {
      if (isIoError(error, 'EIO')) continue
      throw error
    }
    throw ioError('read', path, constants.errno.EIO, { reason: `it can be read again, after: ${message}; try again` })
  }
}

/**
 * Keeps writers away from a log. Where nothing may be written, as in a dry run or on a read-only file system, it can only
 * look whether there is one.
 * @returns undefined where the lock is not taken
 * @throws ERR_RINGWAL_LOCKED
 */
export async function holdLog(
  ports: RepairPorts,
  dir: string,
  kind: 'output' | 'in-place' | 'none',
): Promise<RepairLock | undefined> {
  if (kind === 'none') return requireNoWriter(ports, dir)
  try {
    return await ports.lock(dir)
  } catch (error) {
    if (kind === 'output' && isIoError(error, 'EROFS')) return requireNoWriter(ports, dir)
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_LOCKED') throw error
    throw new RingwalError('ERR_RINGWAL_LOCKED', `${error.message}. ${ADVICE}`, error.facts, error)
  }
}

const ADVICE = 'Stop the writer first: a log that is written to can not be repaired'

function requireNoWriter(ports: RepairPorts, dir: string): undefined {
  const held = ports.lockHeld(dir)
  if (held === undefined) return undefined
  throw new RingwalError('ERR_RINGWAL_LOCKED', `${dir} is locked: ${held}. ${ADVICE}`, { dir, holder: null })
}
