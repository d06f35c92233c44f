import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { RingwalError } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { ioError, isIoError } from '../storage/io-error.ts'
import { makeDirectories } from '../storage/make-directories.ts'
import { nodeFileSystem } from '../storage/node-file-system.ts'
import { isArchiveName } from './archive-names.ts'
import type { ArchiveTarget, StoredObject } from './archive-target.ts'

/** Under such a name an object is written before it gets its own. */
const UNFINISHED = /^\..*\.unfinished$/
const CHUNK_BYTES = 1 << 20

/**
 * An archive in a directory, which is made if need be; it needs a file system with hard links. Files have mode 0600, the
 * directory 0700, and links are not followed.
 * @param path a directory outside of the log
 */
export function directoryTarget(path: string): ArchiveTarget {
  return new DirectoryTarget(nodeFileSystem, resolve(path), (bytes) => randomBytes(bytes).toString('hex'))
}

export class DirectoryTarget implements ArchiveTarget {
  readonly name: string
  private readonly fs: FileSystem
  private readonly random: (bytes: number) => string
  private isMade = false

  /** @param dir absolute @param random draws hexadecimal digits, twice as many as bytes */
  constructor(fs: FileSystem, dir: string, random: (bytes: number) => string) {
    this.fs = fs
    this.name = dir
    this.random = random
  }

  async put(name: string, pieces: AsyncIterable<Uint8Array>): Promise<'stored' | 'taken'> {
    const { fs } = this
    const path = this.pathOf(name)
    this.make()
    const passing = join(this.name, `.${name}.${this.random(8)}.unfinished`)
    try {
      await this.write(passing, pieces)
      // A link, as a rename would take the place of another's object.
      fs.link(passing, path)
      fs.syncDirectory(this.name)
      return 'stored'
    } catch (error) {
      if (isIoError(error, 'EEXIST')) return 'taken'
      throw error
    } finally {
      this.removeQuietly(passing)
    }
  }

  async *get(name: string, bytesMax: number): AsyncGenerator<Uint8Array> {
    const { fs } = this
    const path = this.pathOf(name)
    const file = this.open(path)
    try {
      const { size } = fs.stat(file)
      if (size > bytesMax) {
        const message = `${name} has ${size} bytes, and may have ${bytesMax} at most`
        throw new RingwalError('ERR_RINGWAL_DAMAGED', message, { object: name, bytes: size })
      }
      for (let at = 0; at < size; ) {
        const piece = new Uint8Array(Math.min(CHUNK_BYTES, size - at))
        const got = fs.read(file, piece, 0, piece.length, at)
        if (got === 0) return
        yield piece.subarray(0, got)
        at += got
      }
    } finally {
      fs.close(file)
    }
  }

  async list(): Promise<readonly StoredObject[]> {
    const { fs, name: dir } = this
    this.requireDirectory()
    return fs.list(dir).flatMap((name) => {
      if (UNFINISHED.test(name)) return []
      const stat = fs.statPath(join(dir, name))
      return stat === undefined ? [] : [{ name, bytes: stat.kind === 'file' ? stat.size : 0 }]
    })
  }

  async remove(name: string): Promise<void> {
    const path = this.pathOf(name)
    try {
      this.fs.remove(path)
    } catch (error) {
      if (!isIoError(error, 'ENOENT')) throw error
    }
    // Also of one that is gone already: whoever took it away may have died before this.
    this.fs.syncDirectory(this.name)
  }

  private async write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const { fs } = this
    const file = fs.open(path, 'create')
    try {
      let at = 0
      for await (const piece of pieces) {
        fs.write(file, piece, 0, piece.length, at)
        at += piece.length
      }
      fs.syncAll(file)
    } finally {
      fs.close(file)
    }
  }

  private open(path: string): number {
    try {
      return this.fs.open(path, 'read')
    } catch (error) {
      if (!isIoError(error, 'ENOENT')) throw error
      throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no ${path}`, { file: path }, error)
    }
  }

  private make(): void {
    if (this.isMade) return
    if (this.fs.statPath(this.name) !== undefined) this.requireDirectory()
    makeDirectories(this.fs, this.name)
    this.isMade = true
  }

  private requireDirectory(): void {
    const { name: path, fs } = this
    const kind = fs.statPath(path)?.kind
    if (kind === 'directory') return
    if (kind === undefined) throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no archive at ${path}`, { path })
    const reason = kind === 'link' ? 'a symbolic link, which is refused' : 'no directory'
    throw ioError('open', path, kind === 'link' ? constants.errno.ELOOP : constants.errno.ENOTDIR, { reason })
  }

  private pathOf(name: string): string {
    if (isArchiveName(name)) return join(this.name, name)
    throw new RingwalError('ERR_RINGWAL_INTERNAL', `no archive has an object ${JSON.stringify(name)}`, { object: name })
  }

  /** The error on its way is the one to tell; what stays has a name that is passed over. */
  private removeQuietly(path: string): void {
    try {
      this.fs.remove(path)
    } catch {}
  }
}
