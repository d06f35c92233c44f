/** The file-system port on `node:fs`. */
import nodeFs, { type BigIntStats, constants } from 'node:fs'
import { constants as osConstants } from 'node:os'
import type { RingwalError } from '../errors.ts'
import type { FileStat, FileSystem } from './file-system.ts'
import { hasErrnoName, ioError, ioErrorFrom } from './io-error.ts'
import { transfer } from './transfer.ts'

/** The calls of `node:fs` that are used: a test hands in others, one at a time, to make the kernel misbehave. */
export type SystemCalls = Pick<
  typeof nodeFs,
  | 'chmodSync'
  | 'closeSync'
  | 'fchmodSync'
  | 'fdatasyncSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readSync'
  | 'readdirSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'statfsSync'
  | 'unlinkSync'
  | 'writeSync'
>

const PRIVATE_FILE = 0o600
const PRIVATE_DIRECTORY = 0o700

/** Windows lacks these. There, a link is refused by a look before opening, which leaves a race. */
const NO_FOLLOW: number | undefined = constants.O_NOFOLLOW
const GUARDS: number = (NO_FOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

const OPEN_FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
} as const

class NodeFileSystem implements FileSystem {
  readonly #calls: SystemCalls
  /** Descriptor to path, for error messages. A descriptor opened elsewhere still works; it just has no name here. */
  readonly #paths: Map<number, string> = new Map()

  constructor(calls: SystemCalls) {
    this.#calls = calls
  }

  open(path: string, how: 'read' | 'write' | 'create'): number {
    const file = this.#openFile(path, how)
    try {
      const stat = attempt('fstat', path, () => this.#calls.fstatSync(file, { bigint: true }))
      if (!stat.isFile()) throw notRegular(path, stat)
      if (how === 'create') attempt('fchmod', path, () => this.#calls.fchmodSync(file, PRIVATE_FILE))
    } catch (error) {
      // Nothing was written through it, so what close would say can not matter.
      this.#closeQuietly(file)
      throw error
    }
    this.#paths.set(file, path)
    return file
  }

  /** O_NONBLOCK, or a FIFO in the file's place would hold the thread until somebody writes to it. */
  #openFile(path: string, how: 'read' | 'write' | 'create'): number {
    if (NO_FOLLOW === undefined && this.statPath(path)?.kind === 'link') throw linkRefused('open', path)
    try {
      return this.#calls.openSync(path, OPEN_FLAGS[how] | GUARDS, PRIVATE_FILE)
    } catch (error) {
      if (hasErrnoName(error, 'ELOOP') && this.statPath(path)?.kind === 'link') throw linkRefused('open', path, error)
      throw ioErrorFrom('open', path, error)
    }
  }

  close(file: number): void {
    const path = this.#pathOf(file)
    // Forgotten first: after a failed close the kernel has released the descriptor all the same.
    this.#paths.delete(file)
    attempt('close', path, () => this.#calls.closeSync(file))
  }

  read(file: number, into: Uint8Array, at: number, length: number, position: number): number {
    return transfer('read', this.#pathOf(file), length, position, (done, count) =>
      this.#calls.readSync(file, into, at + done, count, position + done),
    )
  }

  write(file: number, from: Uint8Array, at: number, length: number, position: number): void {
    const written = transfer('write', this.#pathOf(file), length, position, (done, count) =>
      this.#calls.writeSync(file, from, at + done, count, position + done),
    )
    if (written === length) return
    const detail = { offset: position + written, reason: 'the system took no byte and gave no error' }
    throw ioError('write', this.#pathOf(file), osConstants.errno.EIO, detail)
  }

  syncData(file: number): void {
    attempt('fdatasync', this.#pathOf(file), () => this.#calls.fdatasyncSync(file))
  }

  syncAll(file: number): void {
    attempt('fsync', this.#pathOf(file), () => this.#calls.fsyncSync(file))
  }

  truncate(file: number, size: number): void {
    attempt('ftruncate', this.#pathOf(file), () => this.#calls.ftruncateSync(file, size))
  }

  stat(file: number): FileStat {
    return toFileStat(attempt('fstat', this.#pathOf(file), () => this.#calls.fstatSync(file, { bigint: true })))
  }

  statPath(path: string): FileStat | undefined {
    const options = { bigint: true, throwIfNoEntry: false } as const
    const stat = attempt('lstat', path, () => this.#calls.lstatSync(path, options))
    return stat === undefined ? undefined : toFileStat(stat)
  }

  list(directory: string): string[] {
    return attempt('readdir', directory, () => this.#calls.readdirSync(directory))
  }

  makeDirectory(path: string): boolean {
    try {
      this.#calls.mkdirSync(path, PRIVATE_DIRECTORY)
    } catch (error) {
      if (hasErrnoName(error, 'EEXIST')) return false
      throw ioErrorFrom('mkdir', path, error)
    }
    // The umask may have taken bits, and the parent may have handed down its set-group-id bit.
    attempt('chmod', path, () => this.#calls.chmodSync(path, PRIVATE_DIRECTORY))
    return true
  }

  removeDirectory(path: string): void {
    attempt('rmdir', path, () => this.#calls.rmdirSync(path))
  }

  rename(from: string, to: string): void {
    attempt('rename', from, () => this.#calls.renameSync(from, to))
  }

  link(from: string, to: string): void {
    attempt('link', to, () => this.#calls.linkSync(from, to))
  }

  remove(path: string): void {
    attempt('unlink', path, () => this.#calls.unlinkSync(path))
  }

  /** Windows can not sync a directory; NTFS journals its entries, and nothing is done there. */
  syncDirectory(directory: string): void {
    if (process.platform === 'win32') return
    const flags = constants.O_RDONLY | constants.O_DIRECTORY
    const file = attempt('open', directory, () => this.#calls.openSync(directory, flags))
    try {
      attempt('fsync', directory, () => this.#calls.fsyncSync(file))
    } catch (error) {
      this.#closeQuietly(file)
      throw error
    }
    attempt('close', directory, () => this.#calls.closeSync(file))
  }

  freeBytes(path: string): number {
    const facts = attempt('statfs', path, () => this.#calls.statfsSync(path, { bigint: true }))
    return Number(facts.bavail * facts.bsize)
  }

  #pathOf(file: number): string {
    return this.#paths.get(file) ?? `descriptor ${file}`
  }

  #closeQuietly(file: number): void {
    try {
      this.#calls.closeSync(file)
    } catch {
      // The error on its way is the one to tell.
    }
  }
}

/** @param calls stand-ins for single calls of `node:fs`, to test how failures are met */
export function createNodeFileSystem(calls: Partial<SystemCalls> = {}): FileSystem {
  return new NodeFileSystem({ ...nodeFs, ...calls })
}

/** The real file system. Every thread has its own instance; descriptors may be passed between them. */
export const nodeFileSystem: FileSystem = createNodeFileSystem()

function attempt<T>(operation: string, path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw ioErrorFrom(operation, path, error)
  }
}

function notRegular(path: string, stat: BigIntStats): RingwalError {
  if (stat.isDirectory())
    return ioError('open', path, osConstants.errno.EISDIR, { reason: 'not a file but a directory' })
  const kind = stat.isFIFO() ? 'FIFO' : stat.isSocket() ? 'socket' : 'device'
  return ioError('open', path, osConstants.errno.EINVAL, { reason: `not a regular file but a ${kind}` })
}

function linkRefused(operation: string, path: string, cause?: unknown): RingwalError {
  return ioError(operation, path, osConstants.errno.ELOOP, { reason: 'a symbolic link, which is refused' }, cause)
}

function toFileStat(stat: BigIntStats): FileStat {
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'other'
  return {
    kind,
    size: Number(stat.size),
    links: Number(stat.nlink),
    identity: `${stat.dev}:${stat.ino}`,
    modifiedMs: Number(stat.mtimeMs),
  }
}
