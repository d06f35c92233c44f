import { dirname } from 'node:path'
import { parseSegmentName } from '../format/index.ts'
import type { FileSystem } from './file-system.ts'
import { isIoError } from './io-error.ts'

/**
 * Makes the directory of a log, and what is missing above it, mode 0700, each durable in its parent (rule R5). A directory that
 * is there may be the work of a process that died before it was durable: so every level is synced until a segment stands in
 * the last, which nobody begins before. `dir` is absolute.
 */
export function makeDirectories(fs: FileSystem, dir: string): void {
  if (!holdsSegments(fs, dir)) makeDurably(fs, dir)
}

function holdsSegments(fs: FileSystem, dir: string): boolean {
  if (fs.statPath(dir)?.kind !== 'directory') return false
  return fs.list(dir).some((name) => parseSegmentName(name) !== undefined)
}

function makeDurably(fs: FileSystem, dir: string): void {
  const parent = dirname(dir)
  if (parent === dir) return
  makeDurably(fs, parent)
  if (fs.statPath(dir) === undefined && fs.makeDirectory(dir)) nameDurably(fs, parent, dir)
  else syncAgain(fs, parent)
}

/** The kernel tells a failed sync once: who tried again would be told that all is well. A directory made anew is synced anew. */
function nameDurably(fs: FileSystem, parent: string, dir: string): void {
  try {
    fs.syncDirectory(parent)
  } catch (error) {
    try {
      fs.removeDirectory(dir)
    } catch {
      // The failed sync is the error to tell.
    }
    throw error
  }
}

/** What a process like this one can not sync, or not write to, a process like this one has made nothing in. */
function syncAgain(fs: FileSystem, directory: string): void {
  try {
    fs.syncDirectory(directory)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'EINVAL', 'ENOTSUP'].some((name) => isIoError(error, name))) throw error
  }
}
