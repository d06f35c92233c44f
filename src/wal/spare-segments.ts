import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { HEADER_PAGE_BYTES, segmentName } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { type LogControl, STATE_POISONED } from './control.ts'

/** Segments made ahead of need: the writer's side. */
export interface SpareSegments {
  /**
   * Takes segment `number`. @returns true if its file is in place and its name durable (all of it zeros, perhaps still
   * shorter than a segment); false if there is no such file, and nobody will make one any more.
   */
  take(number: number): boolean
}

/** A piece of the steward's work takes milliseconds, and a sync on a bad disk perhaps half a minute. */
const STEWARD_MS_MAX = 120_000

/** The writer's side, over the shared words, with a steward at work on another thread. */
export function sharedSpares(control: LogControl): SpareSegments {
  return {
    take(number: number): boolean {
      control.spareTaken = number
      control.waitSpareIdle(number, STEWARD_MS_MAX)
      return control.spareMade >= number
    },
  }
}

/** Bytes zeroed at a time: short enough not to hold up the writer's syncs on the same disk. */
const PIECE_BYTES = 1 << 20

const zeros = new Uint8Array(PIECE_BYTES)

interface SpareFile {
  readonly number: number
  readonly path: string
  readonly file: number
  filled: number
}

export interface SpareSettings {
  readonly dir: string
  readonly segmentBytes: number
  /** How many whole segments to keep ready. */
  readonly ahead: number
  /** Number of the first segment that this writer can need. */
  readonly first: number
}

/**
 * The steward's side: makes the next segments, zero-filled and synced, with their names durable before the writer may
 * use them (rule R5). Works in pieces; between any two the writer may take the file as it is.
 *
 * The two agree through three words. The steward puts the number into `busy` and then looks at `taken`; the writer puts
 * the number into `taken` and then looks at `busy`: so at least one of them sees the other, and no zero is written into
 * a segment that the writer has.
 */
export class SpareMaker {
  private readonly fs: FileSystem
  private readonly control: LogControl
  private readonly settings: SpareSettings
  private current: SpareFile | undefined
  private next: number
  private failed = false
  private isResting = false

  constructor(fs: FileSystem, control: LogControl, settings: SpareSettings) {
    this.fs = fs
    this.control = control
    this.settings = settings
    this.next = settings.first
  }

  /** Does one piece of work. @returns false when there is nothing to do until the writer takes another segment */
  step(): boolean {
    if (this.failed || this.control.state === STATE_POISONED) return false
    try {
      if (this.control.spareTaken >= this.next) {
        this.next = this.control.spareTaken + 1
        this.letGo()
      }
      if (!this.wantsMore()) return false
      this.control.setSpareBusy(this.next)
      if (this.control.spareTaken < this.next) this.work()
    } catch (error) {
      this.fail(error)
    } finally {
      this.control.setSpareBusy(0)
    }
    return true
  }

  /**
   * Fills up to `ahead` spares, then rests until only half of them are left: a burst of the writer is not met by as many
   * zeros on the same disk.
   */
  private wantsMore(): boolean {
    const left = this.next - Math.max(this.control.spareTaken + 1, this.settings.first)
    if (this.current === undefined && left >= this.settings.ahead) this.isResting = true
    else if (left < Math.ceil(this.settings.ahead / 2)) this.isResting = false
    return !this.isResting
  }

  /** What went wrong, if making spares has ended; the writer goes on in the segments it has. */
  failure: RingwalError | undefined

  private work(): void {
    const { dir, segmentBytes } = this.settings
    if (this.current === undefined) {
      this.requireSpace()
      const path = join(dir, segmentName(this.next))
      this.current = { number: this.next, path, file: this.fs.open(path, 'create'), filled: 0 }
      this.fill(this.current, HEADER_PAGE_BYTES)
      this.fs.syncAll(this.current.file)
      this.fs.syncDirectory(dir)
      this.control.spareMade = this.next
    } else if (this.current.filled < segmentBytes) {
      this.fill(this.current, Math.min(PIECE_BYTES, segmentBytes - this.current.filled))
    } else {
      this.fs.syncAll(this.current.file)
      this.letGo()
      this.next++
    }
  }

  private fill(spare: SpareFile, bytes: number): void {
    this.fs.write(spare.file, zeros, 0, bytes, spare.filled)
    spare.filled += bytes
  }

  /** Space runs out here, while the writer still has a whole segment, and not at a commit (rule R20). */
  private requireSpace(): void {
    const free = this.fs.freeBytes(this.settings.dir)
    if (free >= this.settings.segmentBytes) return
    throw new RingwalError(
      'ERR_RINGWAL_IO',
      `no space for the next segment: ${free} bytes free in ${this.settings.dir}`,
      {
        operation: 'statfs',
        file: this.settings.dir,
        errno: 28,
        errnoName: 'ENOSPC',
      },
    )
  }

  private letGo(): void {
    const { current } = this
    this.current = undefined
    if (current !== undefined) this.fs.close(current.file)
  }

  private fail(error: unknown): void {
    this.failed = true
    this.discard()
    this.failure =
      error instanceof RingwalError ? error : new RingwalError('ERR_RINGWAL_INTERNAL', String(error), {}, error)
    const errno = this.failure.facts['errno']
    this.control.spareErrno = typeof errno === 'number' ? errno : 5
  }

  /**
   * Takes an unfinished spare away, whose bytes are as unsure as any after a failure, and frees its name: a writer that
   * comes for it, or waits for it now, makes its own.
   */
  private discard(): void {
    const { current } = this
    if (current === undefined) return
    this.control.spareMade = current.number - 1
    try {
      try {
        this.letGo()
      } finally {
        this.fs.remove(current.path)
      }
    } catch {
      // The first failure is what is told. A writer that finds the name taken stops with ERR_RINGWAL_FENCED.
    }
  }

  /** Removes what the writer did not take. Only after the writer has ended. */
  clear(): void {
    this.letGo()
    const taken = Math.max(this.control.spareTaken, this.settings.first - 1)
    let removed = false
    for (let number = this.control.spareMade; number > taken; number--) {
      const path = join(this.settings.dir, segmentName(number))
      if (this.fs.statPath(path) === undefined) continue
      this.fs.remove(path)
      removed = true
    }
    if (removed) this.fs.syncDirectory(this.settings.dir)
  }
}
