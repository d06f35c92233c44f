/** Plain files and their directories: what the bare loops write to, and what stands between two measurements. */
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readdirSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { RingwalError } from '../../src/errors.ts'

const MIB = 1 << 20

/** Forces out every segment of a directory, and the directory. */
export function settle(dir: string): void {
  for (const name of readdirSync(dir)) if (name.endsWith('.rwal')) sync(join(dir, name))
  if (process.platform !== 'win32') sync(dir)
}

/** Bytes of the segments in a log's directory. */
export function logBytes(dir: string): number {
  const names = readdirSync(dir).filter((name) => name.endsWith('.rwal'))
  return names.reduce((bytes, name) => bytes + statSync(join(dir, name)).size, 0)
}

/** Bytes that an ordinary user may still take on the file system of `dir`. */
export function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir)
  return bavail * bsize
}

/** Calls `use` with a new file, which is removed behind it: of `zeros` that are on the disk already, as a segment made ahead. */
export function withFile<T>(path: string, zeros: number, use: (fd: number) => T): T {
  const fd = openFile(path, zeros)
  try {
    return use(fd)
  } finally {
    closeSync(fd)
    unlinkSync(path)
  }
}

/** A new file of zeros that are on the disk. */
export function openFile(path: string, zeros: number): number {
  const fd = openSync(path, 'wx+', 0o600)
  const data = Buffer.alloc(Math.min(MIB, zeros))
  for (let at = 0; at < zeros; ) at += writeAt(fd, data, Math.min(MIB, zeros - at), at)
  fsyncSync(fd)
  return fd
}

/** One pwrite. @returns `length`. @throws ERR_RINGWAL_IO if fewer bytes were written */
export function writeAt(fd: number, data: Buffer, length: number, at: number): number {
  const written = writeSync(fd, data, 0, length, at)
  if (written === length) return length
  throw new RingwalError('ERR_RINGWAL_IO', `wrote ${written} of ${length} bytes at ${at}`, { written, length })
}

function sync(path: string): void {
  const file = openSync(path, constants.O_RDONLY)
  fsyncSync(file)
  closeSync(file)
}
