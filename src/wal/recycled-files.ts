import { join } from 'node:path'
import { HEADER_PAGE_BYTES } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'
import type { RecycledFile } from './steward-words.ts'

/**
 * Where the file of retired segment `number` waits to be a segment again. No segment's name: stale frames behind a blank
 * header page would look like a segment that has lost its header, so it gets one only together with a durable header.
 */
export function recycledPath(dir: string, number: number): string {
  return join(dir, `recycled-${String(number).padStart(20, '0')}.spare`)
}

/** A second name that a file is given for a moment, to see whether it can be. */
const TRIAL = '.trial'
const NAME = /^recycled-[0-9]{20}\.spare(\.trial)?$/

export interface RecycledFilesSettings {
  readonly dir: string
  /** Only files of this very size are of use. */
  readonly segmentBytes: number
  /** Files to keep at most, besides those that a number was given to. */
  readonly max: number
  /** Told of failures that cost no more than a file that would have been used again. */
  readonly onWarning: (error: unknown) => void
}

const blankPage = new Uint8Array(HEADER_PAGE_BYTES)

/** Files of retired segments that wait to be used again: the steward's. */
export class RecycledFiles {
  private readonly fs: FileSystem
  private readonly settings: RecycledFilesSettings
  private readonly files: RecycledFile[] = []
  /** Whether a file can have two names here, without which it can not get a segment's safely; undefined if not tried. */
  private hasLinks: boolean | undefined

  constructor(fs: FileSystem, settings: RecycledFilesSettings) {
    this.fs = fs
    this.settings = settings
  }

  get count(): number {
    return this.files.length
  }

  /** The one that waits longest. */
  take(): RecycledFile | undefined {
    return this.files.shift()
  }

  /**
   * Sees whether the file of a retired segment, which stands under its waiting name and durably under no other, is of use;
   * blanks its header page then, durably: no header of its former life may show through a torn write of the next one.
   * @returns whether it is kept; else it was removed
   */
  keep(file: RecycledFile): boolean {
    try {
      if (this.files.length < this.settings.max && this.blank(this.pathOf(file.number))) {
        this.files.push(file)
        return true
      }
    } catch (error) {
      this.settings.onWarning(error)
    }
    this.discard(file.number)
    return false
  }

  /** Removes a file that waits. What can not be removed takes space, and nothing else: the next opening tries again. */
  discard(number: number): void {
    this.remove(this.pathOf(number))
  }

  /** Takes away what an earlier opening left behind, a file at a time. Before any file is kept. */
  *removeLeftovers(): Generator<undefined, void> {
    const { dir, onWarning } = this.settings
    try {
      for (const name of this.fs.list(dir).filter((name) => NAME.test(name))) {
        this.remove(join(dir, name))
        yield
      }
    } catch (error) {
      onWarning(error)
    }
  }

  /** @returns false if it can not be used: it has another size, or is another's too, as of a backup by hard links */
  private blank(path: string): boolean {
    const { fs } = this
    const file = fs.open(path, 'write')
    try {
      const { size, links } = fs.stat(file)
      if (links !== 1 || size !== this.settings.segmentBytes || !this.canLink(path)) return false
      fs.write(file, blankPage, 0, HEADER_PAGE_BYTES, 0)
      fs.syncAll(file)
      return true
    } finally {
      fs.close(file)
    }
  }

  private canLink(path: string): boolean {
    if (this.hasLinks !== undefined) return this.hasLinks
    try {
      this.fs.link(path, path + TRIAL)
      this.fs.remove(path + TRIAL)
      this.hasLinks = true
    } catch (error) {
      if (!isIoError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error
      this.hasLinks = false
    }
    return this.hasLinks
  }

  private remove(path: string): void {
    try {
      this.fs.remove(path)
    } catch (error) {
      this.settings.onWarning(error)
    }
  }

  private pathOf(number: number): string {
    return recycledPath(this.settings.dir, number)
  }
}
