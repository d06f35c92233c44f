import { createKernelMemory, readLsn, type SegmentScanner } from '../format/index.ts'
import { kindOfFrame, lastLsnOf, sizeOfFrame, takesLsn } from '../read/frame-walk.ts'
import { scannerOf } from '../read/segment-walk.ts'
import { tolerantSource } from '../read/tolerant-source.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { CopySource } from './copy-task.ts'

const MEMORY_BYTES = 1 << 20

/** Steps over the records and tombstones of a segment, one at a time, by rising LSN. Has a file open. */
export class FrameCursor {
  /** The first and the last LSN that the frame stands for, and its kind; meaningful once a move returned true. */
  lsn = 0
  last = 0
  kind = 0
  /** Its address in `memory`, and its bytes. */
  at = 0
  size = 0
  private readonly fs: FileSystem
  private readonly file: number
  private readonly scanner: SegmentScanner
  /** Behind the last frame of the run that is in memory. */
  private to = 0
  private isAtEnd = false

  constructor(fs: FileSystem, { segment, start }: CopySource) {
    this.fs = fs
    this.file = fs.open(segment.path, 'read')
    this.scanner = scannerOf(tolerantSource(fs, this.file), segment, createKernelMemory(MEMORY_BYTES), start)
  }

  /** Where the frame stands until the next move. */
  get memory(): { readonly bytes: Uint8Array; readonly view: DataView } {
    return this.scanner.memory
  }

  /** Moves to the next frame. @returns false at the end */
  next(): boolean {
    this.at += this.size
    for (;;) {
      const { view } = this.scanner.memory
      for (; this.at < this.to; this.at += sizeOfFrame(view, this.at)) {
        this.kind = kindOfFrame(view, this.at)
        if (takesLsn(this.kind)) return this.take(view)
      }
      if (!this.nextRun()) return false
    }
  }

  /** Moves to the first frame that stands for `lsn` or a later one; stays where it is if that is one. @returns false if none is left */
  seek(lsn: number): boolean {
    while (this.last < lsn) if (!this.next()) return false
    return !this.isAtEnd
  }

  close(): void {
    this.fs.close(this.file)
  }

  private take(view: DataView): true {
    this.lsn = readLsn(view, this.at)
    this.last = lastLsnOf(view, this.at)
    this.size = sizeOfFrame(view, this.at)
    return true
  }

  private nextRun(): boolean {
    while (!this.isAtEnd) {
      const step = this.scanner.next()
      if (step.kind === 'end' || (step.kind === 'bad' && !step.resumed)) this.isAtEnd = true
      if (step.kind !== 'run') continue
      this.at = step.from
      this.to = step.to
      this.size = 0
      return true
    }
    this.at = 0
    this.to = 0
    this.size = 0
    return false
  }
}
