import { type Checker, FRAME_CHECK_AT, KIND_RECORD, TOMBSTONE_LOST } from '../format/index.ts'
import type { Damage } from '../read/damage.ts'
import { checkOfFrame, continuesBatch } from '../read/frame-walk.ts'
import { isLoss } from './compare-files.ts'
import type { CopyTask } from './copy-task.ts'
import type { FrameCursor } from './frame-cursor.ts'
import { addLost, type LostRange, type LostSummary, noneLost } from './lost-ranges.ts'
import { type Flip, OwnFrames } from './own-frames.ts'
import type { SegmentOutput } from './segment-output.ts'

/** Why LSNs are lost. */
export type LossCause = Pick<Damage, 'offset' | 'bytes' | 'class'>

/** The repaired segment as it grows: its next LSN, its batch, its last check, and what is lost. */
export class CopyWriter {
  /** LSN that the next record or tombstone must carry. */
  next: number
  /** Whether the last record or tombstone said that its batch goes on. */
  isBatchOpen = false
  lastCheck = 0n
  restored = 0
  filled = 0
  readonly lost: LostSummary = noneLost()
  private readonly task: CopyTask
  private readonly output: SegmentOutput
  private readonly own: OwnFrames
  private readonly copies: readonly FrameCursor[]

  constructor(task: CopyTask, output: SegmentOutput, copies: readonly FrameCursor[], checker: Checker) {
    this.task = task
    this.output = output
    this.copies = copies
    this.own = new OwnFrames(task.segment.header.salt, checker)
    this.next = task.from
  }

  get position(): number {
    return this.output.position
  }

  get longestPayload(): number {
    return this.own.longest
  }

  /** Takes frames as they stand. The caller tells what they did to `next`, `isBatchOpen` and `lastCheck`. */
  write(bytes: Uint8Array, at: number, to: number): void {
    this.output.write(bytes, at, to)
  }

  /** What was read was not there: the LSNs from the next one to `last` come from a further copy, or are lost. */
  lose(last: number, isFollowed: boolean, cause: LossCause): void {
    if (last >= this.next) this.fill(last, isFollowed, cause, 0)
  }

  /** A tombstone in place of another one, of which LSNs up to here are told already. */
  shorten(last: number, type: number, goesOn: boolean): void {
    this.append(this.own.tombstone(this.next, last, type, goesOn))
    this.isBatchOpen = goesOn
    this.next = last + 1
  }

  /** Notes that the record which comes next had a bit turned back. */
  noteRestored(lsn: number, flip: Flip): void {
    this.append(this.own.restored(lsn, flip))
    this.restored++
  }

  closeSegment(): void {
    this.append(this.own.end(this.next - 1))
  }

  /** Takes from copy `depth` on what stands for the LSNs up to `last`. */
  private fill(last: number, isFollowed: boolean, cause: LossCause, depth: number): void {
    const cursor = this.copies[depth]
    while (cursor !== undefined && this.next <= last && cursor.seek(this.next) && cursor.last <= last) {
      if (cursor.lsn < this.next || isLoss(cursor)) {
        if (!cursor.next()) break
        continue
      }
      if (cursor.lsn > this.next) this.fill(cursor.lsn - 1, true, cause, depth + 1)
      this.takeFrom(cursor)
    }
    if (this.next > last) return
    if (depth < this.copies.length) this.fill(last, isFollowed, cause, depth + 1)
    else this.bury(last, isFollowed, cause)
  }

  private takeFrom({ memory, at, size, kind, last }: FrameCursor): void {
    this.write(memory.bytes, at, at + size)
    if (kind === KIND_RECORD) this.filled++
    this.next = last + 1
    this.isBatchOpen = continuesBatch(memory.view, at)
    this.lastCheck = checkOfFrame(memory.view, at)
  }

  /**
   * A tombstone over the LSNs up to `last`. It goes on with the batch that the record before it left open, if anything
   * follows in this segment: nobody can tell where that batch ended, and a part of it must not look like the whole.
   */
  private bury(last: number, isFollowed: boolean, cause: LossCause): void {
    const first = this.next
    this.account(first, last, cause)
    this.shorten(last, TOMBSTONE_LOST, isFollowed && this.isBatchOpen)
  }

  /** Tells apart what the source has lost and what it never had. */
  private account(first: number, last: number, cause: LossCause): void {
    const { segment, missingBefore, missingBehind, provenTo } = this.task
    const { name, header, lastLsn = Number.MAX_SAFE_INTEGER } = segment
    const add = (
      from: number,
      to: number,
      { offset, bytes, class: kind }: Omit<LossCause, 'class'> & Pick<LostRange, 'class'>,
    ) => {
      if (from <= to)
        addLost(this.lost, { from, to, acknowledged: from <= provenTo, segment: name, offset, bytes, class: kind })
    }
    add(first, Math.min(last, header.firstLsn - 1), { offset: 0, bytes: 0, class: missingBefore })
    add(Math.max(first, header.firstLsn), Math.min(last, lastLsn), cause)
    add(Math.max(first, lastLsn + 1), last, { offset: segment.end, bytes: 0, class: missingBehind })
  }

  private append(frame: Uint8Array): void {
    this.output.write(frame, 0, frame.length)
    this.lastCheck = new DataView(frame.buffer).getBigUint64(FRAME_CHECK_AT, true)
  }
}
