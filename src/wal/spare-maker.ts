import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { HEADER_PAGE_BYTES, segmentName } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { LogControl } from './control.ts'
import { STATE_POISONED } from './control-layout.ts'
import { makeNamesDurable } from './durable-names.ts'
import { type RecycledFiles, recycledPath } from './recycled-files.ts'
import type { RecycledFile } from './steward-words.ts'

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
 * The steward's side: has files ready for the next segments. It gives a number to a recycled file where one waits, which
 * is a word and no work on the disk; else it makes a file, zero-filled and synced, with its name durable before the writer
 * may use it (rule R5). Works in pieces; between any two the writer may take a file as it is.
 *
 * The two agree through three words, and what the first two guard:
 *
 * ```
 *            steward, for N                         writer, for N
 *            busy  := N                             taken := N
 *            taken >= N ?  let go of N for good     wait while busy = N
 *            else  a piece:  fill N, or say which   made >= N ?  N's file is the one that
 *                  recycled file N is; made := N           it is said to be, and the writer's
 *            busy  := 0                             else  the writer makes it; nobody else will
 * ```
 *
 * Each says what it is about before it looks: so at least one of them sees the other, and no zero is written into a segment
 * that the writer has. What the steward does besides (blanking and naming the files of retired segments) is about no number
 * yet: `busy` is 0, and the writer does not wait for it.
 */
export class SpareMaker {
  private readonly fs: FileSystem
  private readonly control: LogControl
  private readonly settings: SpareSettings
  private readonly recycled: RecycledFiles
  private current: SpareFile | undefined
  private next: number
  /** Recycled files by the number that they were given and the writer has not taken. */
  private readonly given: Map<number, RecycledFile> = new Map()
  private failed = false
  private isResting = false
  private counted = 0

  constructor(fs: FileSystem, control: LogControl, recycled: RecycledFiles, settings: SpareSettings) {
    this.fs = fs
    this.control = control
    this.recycled = recycled
    this.settings = settings
    this.next = settings.first
  }

  /** Does one piece of work. @returns false when there is nothing to do until the writer takes another segment */
  step(): boolean {
    if (this.control.state === STATE_POISONED) return false
    try {
      this.followWriter()
      if (!this.wantsMore()) return false
      this.control.steward.setSpareBusy(this.next)
      if (this.control.steward.spareTaken < this.next) this.work()
    } catch (error) {
      this.fail(error)
    } finally {
      this.control.steward.setSpareBusy(0)
      this.count()
    }
    return true
  }

  /** What the writer has taken, or makes itself, is no matter of the steward's any more. */
  private followWriter(): void {
    const { spareTaken } = this.control.steward
    for (const number of this.given.keys()) if (number <= spareTaken) this.given.delete(number)
    if (spareTaken < this.next) return
    this.next = spareTaken + 1
    this.letGo()
  }

  /**
   * Up to `ahead` numbers are given to recycled files, at no cost to the disk. Files are filled up to as many, and then no
   * more until only half of them are left: a burst of the writer is not met by as many zeros on the same disk.
   */
  private wantsMore(): boolean {
    const left = this.next - this.firstLeft
    if (this.current === undefined && this.recycled.count > 0 && left < this.settings.ahead) return true
    if (this.failed) return false
    if (this.current === undefined && left >= this.settings.ahead) this.isResting = true
    else if (left < Math.ceil(this.settings.ahead / 2)) this.isResting = false
    return !this.isResting
  }

  /** What went wrong, if making files has ended; the writer goes on in the segments it has. */
  failure: RingwalError | undefined

  /** The lowest number that the writer has not taken. */
  private get firstLeft(): number {
    return Math.max(this.control.steward.spareTaken + 1, this.settings.first)
  }

  /** Files that wait to be segments, made or recycled. */
  get waiting(): number {
    return this.recycled.count + Math.max(0, this.control.steward.spareMade - this.firstLeft + 1)
  }

  /** Keeps the count of files that wait. */
  private count(): void {
    const files = this.waiting
    if (files !== this.counted) this.control.counts.add('spareFiles', files - this.counted)
    this.counted = files
  }

  private work(): void {
    const { segmentBytes } = this.settings
    if (this.current === undefined) {
      const recycled = this.recycled.take()
      if (recycled === undefined) this.create()
      else this.give(recycled)
    } else if (this.current.filled < segmentBytes) {
      this.fill(this.current, Math.min(PIECE_BYTES, segmentBytes - this.current.filled))
    } else {
      this.fs.syncAll(this.current.file)
      this.letGo()
      this.next++
    }
  }

  private give(recycled: RecycledFile): void {
    this.given.set(this.next, recycled)
    this.control.steward.setRecycled(this.next, recycled)
    this.control.steward.spareMade = this.next
    this.next++
  }

  private create(): void {
    const { dir } = this.settings
    this.requireSpace()
    const path = join(dir, segmentName(this.next))
    this.current = { number: this.next, path, file: this.fs.open(path, 'create'), filled: 0 }
    this.fill(this.current, HEADER_PAGE_BYTES)
    this.fs.syncAll(this.current.file)
    makeNamesDurable({ fs: this.fs, control: this.control }, 'steward', dir)
    this.control.steward.setRecycled(this.next, undefined)
    this.control.steward.spareMade = this.next
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
    this.control.steward.spareErrno = typeof errno === 'number' ? errno : 5
  }

  /**
   * Takes an unfinished spare away, whose bytes are as unsure as any after a failure, and frees its name: a writer that
   * comes for it, or waits for it now, makes its own.
   */
  private discard(): void {
    const { current } = this
    if (current === undefined) return
    this.control.steward.spareMade = current.number - 1
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
    const { dir } = this.settings
    this.letGo()
    const paths: string[] = []
    for (let number = this.control.steward.spareMade; number >= this.firstLeft; number--) {
      const recycled = this.given.get(number)
      paths.push(recycled === undefined ? join(dir, segmentName(number)) : recycledPath(dir, recycled.number))
    }
    for (let file = this.recycled.take(); file !== undefined; file = this.recycled.take())
      paths.push(recycledPath(dir, file.number))
    const left = paths.filter((path) => this.fs.statPath(path) !== undefined)
    for (const path of left) this.fs.remove(path)
    this.control.counts.add('spareFiles', -this.counted)
    if (left.length > 0) this.fs.syncDirectory(dir)
  }
}
