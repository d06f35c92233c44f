/**
 * Loaded before the command line in the tests of the runbook: makes `node:fs` fail as a disk does that can not read a place,
 * or that is full. What to do stands in the environment, so that the threads of a log do it too.
 */
import fs, { readdirSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

export interface FailingDisk {
  /** Bytes from `from` to `to` of the file whose path ends so can not be read. */
  readonly unreadable?: { readonly file: string; readonly from: number; readonly to: number }
  /** The files of this directory can not grow together beyond so many bytes. */
  readonly full?: { readonly dir: string; readonly bytes: number }
}

export const FAILING_DISK = 'RINGWAL_TEST_DISK'

const { unreadable, full } = JSON.parse(process.env[FAILING_DISK] ?? '{}') as FailingDisk
if (unreadable !== undefined) failReads(unreadable)
if (full !== undefined) failWrites(full)
syncBuiltinESMExports()

function failReads({ file, from, to }: NonNullable<FailingDisk['unreadable']>): void {
  const paths = pathsOfOpened()
  const { readSync } = fs
  Object.assign(fs, {
    readSync(fd: number, into: Uint8Array, at: number, length: number, position: number): number {
      const isHit = paths.get(fd)?.endsWith(file) && position < to && from < position + length
      if (isHit) throw systemError('EIO', 5, 'read')
      return readSync(fd, into, at, length, position)
    },
  })
}

function failWrites({ dir, bytes }: NonNullable<FailingDisk['full']>): void {
  const paths = pathsOfOpened()
  const { writeSync } = fs
  const free = (): number => bytes - bytesIn(dir)
  Object.assign(fs, {
    writeSync(fd: number, from: Uint8Array, at: number, length: number, position: number): number {
      const isInside = paths.get(fd)?.startsWith(dir)
      const growth = isInside ? Math.max(0, position + length - fs.fstatSync(fd).size) : 0
      if (growth > 0 && growth > free()) throw systemError('ENOSPC', 28, 'write')
      return writeSync(fd, from, at, length, position)
    },
    statfsSync: () => ({ bsize: 1n, bavail: BigInt(Math.max(0, free())) }),
  })
}

function pathsOfOpened(): ReadonlyMap<number, string> {
  const paths = new Map<number, string>()
  const { openSync } = fs
  Object.assign(fs, {
    openSync(path: fs.PathLike, flags: fs.OpenMode, mode?: fs.Mode): number {
      const fd = openSync(path, flags, mode)
      paths.set(fd, String(path))
      return fd
    },
  })
  return paths
}

function bytesIn(dir: string): number {
  const sizes = readdirSync(dir, { withFileTypes: true }).map((entry) => {
    const path = join(dir, entry.name)
    return entry.isDirectory() ? bytesIn(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0)
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

function systemError(code: string, errno: number, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, errno: -errno, syscall })
}
