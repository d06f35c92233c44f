/*
 * A live log retires old segments, also while somebody reads them, and writes new segments into their files. A retired
 * segment's name is gone before a byte of its file changes, and no name ever comes back, but behind a cut (`truncateAfter`),
 * which nobody may read meanwhile. So whoever finds bytes that do not verify can tell by the name whether they are damage, or
 * another segment's. Bytes that do verify are the old segment's, as the check holds its salt.
 */
import { RingwalError } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'

/** Whether a segment was retired since it was listed. */
export function isRetired(fs: FileSystem, { path }: StoredSegment): boolean {
  return fs.statPath(path) === undefined
}

/** To be called before anything is told as damage, or as the end of the log. @throws ERR_RINGWAL_RETIRED */
export function refuseRetired(fs: FileSystem, segment: StoredSegment): void {
  if (isRetired(fs, segment)) throw retiredError(segment)
}

export function retiredError({ name, header }: StoredSegment, cause?: unknown): RingwalError {
  const { firstLsn } = header
  const message = `${name}, from LSN ${firstLsn} on, was retired before it was read to its end; read on from where the log begins now`
  return new RingwalError('ERR_RINGWAL_RETIRED', message, { file: name, firstLsn }, cause)
}

export function isRetiredError(error: unknown): boolean {
  return error instanceof RingwalError && error.code === 'ERR_RINGWAL_RETIRED'
}

/** Opens a listed segment for reading. @throws ERR_RINGWAL_RETIRED if it is not there any more */
export function openSegment(fs: FileSystem, segment: StoredSegment): number {
  try {
    return fs.open(segment.path, 'read')
  } catch (error) {
    throw isIoError(error, 'ENOENT') ? retiredError(segment, error) : error
  }
}

/** Calls `use` with the segment's file open for reading. @throws ERR_RINGWAL_RETIRED if it is not there any more */
export function withSegment<T>(fs: FileSystem, segment: StoredSegment, use: (file: number) => T): T {
  const file = openSegment(fs, segment)
  try {
    return use(file)
  } finally {
    fs.close(file)
  }
}

/** Looks at a log as it stands now; again, if a part of it was retired meanwhile. A few times: nobody retires that fast. */
export function lookUntilStill<T>(look: () => T, attempts = 5): T {
  for (;;) {
    try {
      return look()
    } catch (error) {
      if (--attempts === 0 || !isRetiredError(error)) throw error
    }
  }
}
