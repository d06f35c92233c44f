import { closeSync, constants, fchmodSync, openSync, unlinkSync } from 'node:fs'
import { hasErrnoName, ioErrorFrom } from '../storage/io-error.ts'

const { O_CREAT, O_DIRECT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants
const PRIVATE_FILE = 0o600

/**
 * Makes a file, 0600, that is written past the page cache.
 * @returns its descriptor; undefined where the system or the file system has no such thing, and then there is no file
 * @throws ERR_RINGWAL_IO, `EEXIST` if something is there
 */
export function createDirect(path: string): number | undefined {
  // Only Linux has this flag.
  if (O_DIRECT === undefined) return undefined
  let file: number | undefined
  try {
    file = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_DIRECT, PRIVATE_FILE)
    fchmodSync(file, PRIVATE_FILE)
    return file
  } catch (error) {
    if (file !== undefined) closeSync(file)
    if (file !== undefined || !hasErrnoName(error, 'EINVAL')) throw ioErrorFrom('open', path, error)
    removeCreated(path)
    return undefined
  }
}

/** A file system that refuses the flag may have made the file before. What was there earlier is not touched: then it is `EEXIST`. */
function removeCreated(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!hasErrnoName(error, 'ENOENT')) throw ioErrorFrom('unlink', path, error)
  }
}
