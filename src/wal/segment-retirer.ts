import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import {
  type Checker,
  decodeHeaderPage,
  HEADER_PAGE_BYTES,
  parseSegmentName,
  type SegmentHeader,
  segmentName,
} from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { ioError, isIoError } from '../storage/io-error.ts'
import type { Pieces } from './chores.ts'
import type { LogControl } from './control.ts'
import { STATE_OPEN } from './control-layout.ts'
import { awaitWriter, makeNamesDurable } from './durable-names.ts'
import { type RecycledFiles, recycledPath } from './recycled-files.ts'
import { type PlacedFile, requireInPlace } from './segment-watch.ts'

/** What `truncateBefore` did. */
export interface TruncateReport {
  /** Segments that were retired, and the bytes that their files had. */
  readonly segments: number
  readonly bytes: number
  /** Of their files, those kept to become segments again, and those removed. */
  readonly recycled: number
  readonly removed: number
  /** First LSN of the log now; 0 for a log without segments. */
  readonly firstLsn: number
  /** Who still needs some of what was asked to go, and so keeps it: `hold`, `archive`, `position <name>`; null if nobody does. */
  readonly heldBy: string | null
}

export interface RetirerPorts {
  readonly fs: FileSystem
  readonly checker: Checker
  readonly control: LogControl
  readonly recycled: RecycledFiles
}

export interface RetirerSettings {
  /** The log's directory, as it was when the log was opened. */
  readonly directory: PlacedFile
  /** Number of the first segment that the writer of this opening can begin. */
  readonly first: number
}

/**
 * The steward's side of `truncateBefore`: takes whole segments out of the log, oldest first.
 *
 * A segment goes only if the header of the next one proves where it ends, and if a record of that next one is durable:
 * so its header is durable too, and what is left is never empty, whatever a crash takes; the log's LSNs go on. Each name
 * is gone durably before the next is touched, so that no crash leaves a hole. Only then are the file's bytes changed: whoever
 * still reads the old segment finds its name gone before it finds bytes of another.
 */
export class SegmentRetirer {
  private readonly ports: RetirerPorts
  private readonly settings: RetirerSettings
  /** Whether a name was taken away, or may have been, and that is not durable yet. */
  private isUnsure = false

  constructor(ports: RetirerPorts, settings: RetirerSettings) {
    this.ports = ports
    this.settings = settings
  }

  /**
   * Retires the segments all of whose records are below `lsn`, as far as they are durable; one piece of the work for each
   * `next()`, so that the writer never waits long for the steward.
   * @throws what ended the log; ERR_RINGWAL_SEGMENTS where the segments are not those of one log; ERR_RINGWAL_TAMPERED;
   *   ERR_RINGWAL_IO: the log goes on, with what was retired until then gone, unless a sync of the directory failed
   */
  *truncateBefore(lsn: number): Generator<undefined, TruncateReport> {
    const { control } = this.ports
    this.requireOpen()
    const report = { segments: 0, bytes: 0, recycled: 0, removed: 0 }
    let heldBy: string | null = null
    let number = this.firstNumber()
    let own = number === undefined ? undefined : this.headerOf(number)
    // From number to number: a listing may miss a segment that gets its name meanwhile.
    for (; number !== undefined; number++) {
      const next = this.successorOf(number, own)
      if (next === undefined || next.firstLsn > Math.min(lsn, control.durable)) break
      if (!this.leaveFrom(next.firstLsn)) {
        heldBy = 'hold'
        break
      }
      report.bytes += yield* this.takeOut(number)
      report.segments++
      control.counts.add('retiredSegments', 1)
      yield
      report[this.reuse(number, own) ? 'recycled' : 'removed']++
      own = next
      yield
      this.requireOpen()
    }
    return { ...report, firstLsn: own?.firstLsn ?? 0, heldBy }
  }

  /** Says where the log is to begin. @returns false if a hold was taken meanwhile on what would go: see NeedWords */
  private leaveFrom(firstLsn: number): boolean {
    const { needs } = this.ports.control
    const before = needs.leftLsn
    needs.leftLsn = firstLsn
    const { heldLsn } = needs
    if (heldLsn === 0 || heldLsn >= firstLsn) return true
    needs.leftLsn = before
    return false
  }

  /** @returns whether a retired segment's file is kept; else it was removed */
  private reuse(number: number, own: SegmentHeader | undefined): boolean {
    const { recycled } = this.ports
    if (own !== undefined && own.salt !== 0n) return recycled.keep({ number, salt: own.salt })
    recycled.discard(number)
    return false
  }

  /** @throws what ended the log; ERR_RINGWAL_TAMPERED if its directory is not the one that was opened */
  requireReady(): void {
    this.requireOpen()
    requireInPlace(this.ports.fs, this.settings.directory)
  }

  private requireOpen(): void {
    const { control } = this.ports
    if (control.state === STATE_OPEN) return
    throw control.refusal ?? new RingwalError('ERR_RINGWAL_CLOSED', 'the log is closed', {})
  }

  private firstNumber(): number | undefined {
    const names = this.ports.fs.list(this.settings.directory.path)
    const numbers = names.flatMap((name) => parseSegmentName(name) ?? [])
    return numbers.sort((a, b) => a - b)[0]
  }

  private pathOf(number: number): string {
    return join(this.settings.directory.path, segmentName(number))
  }

  /** Undefined if there is no such file, or no good copy in it. */
  private headerOf(number: number): SegmentHeader | undefined {
    const { fs, checker } = this.ports
    const page = new Uint8Array(HEADER_PAGE_BYTES)
    try {
      const file = fs.open(this.pathOf(number), 'read')
      try {
        fs.read(file, page, 0, HEADER_PAGE_BYTES, 0)
      } finally {
        fs.close(file)
      }
    } catch (error) {
      if (isIoError(error, 'ENOENT')) return undefined
      throw error
    }
    return decodeHeaderPage(page, checker).header
  }

  /** The header that proves where a segment ends; undefined if the next one has none yet. */
  private successorOf(number: number, own: SegmentHeader | undefined): SegmentHeader | undefined {
    const { control } = this.ports
    const next = this.headerOf(number + 1)
    if (next === undefined) {
      // The writer is further on than that: it was there.
      if (number + 1 < Math.max(control.steward.spareTaken, this.settings.first))
        throw unproven(this.pathOf(number + 1))
      return undefined
    }
    const follows = next.number === number + 1 && next.firstLsn === next.previous.lastLsn + 1
    const isKin =
      own === undefined || (own.number === number && own.logId === next.logId && own.firstLsn <= next.firstLsn)
    if (!follows || !isKin) throw unproven(this.pathOf(number + 1))
    return next
  }

  /** Takes a segment's name away, durably; its file waits under another one then. @returns the file's size */
  private *takeOut(number: number): Pieces<number> {
    const { fs } = this.ports
    const { directory } = this.settings
    requireInPlace(fs, directory)
    if (this.isUnsure) this.makeDurable()
    const path = this.pathOf(number)
    const stat = fs.statPath(path)
    if (stat?.kind !== 'file') throw ioError('rename', path, ENOENT, { reason: 'no such file, or no regular one' })
    this.isUnsure = true
    const waiting = recycledPath(directory.path, number)
    fs.rename(path, waiting)
    const putBack = (): void => fs.rename(waiting, path)
    this.makeDurable(putBack)
    yield* awaitWriter(this.ports.control, putBack)
    return stat.size
  }

  /** @param undo puts the name back: else the next one would be retired, though this one may come back */
  private makeDurable(undo?: () => void): void {
    makeNamesDurable(this.ports, 'steward', this.settings.directory.path, undo)
    this.isUnsure = false
  }
}

const ENOENT = 2

function unproven(path: string): RingwalError {
  const message = `${path} does not tell where the segment before it ends: nothing before it is retired; run: ringwal verify`
  return new RingwalError('ERR_RINGWAL_SEGMENTS', message, { file: path })
}
