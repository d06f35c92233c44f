import { FLAG_CONTINUES_BATCH, FRAME_CHECK_AT, FRAME_FLAGS_AT } from '../format/index.ts'
import { type FrameBytes, FrameRecord } from './frame-record.ts'

/** Frames of a segment, copied out of a reader's memory, and where they stand in the file. */
export interface SegmentFrames extends FrameBytes {
  /** File name of the segment, and offset of the first byte. */
  readonly segment: string
  readonly offset: number
}

/**
 * One record as read from a log. It shares a copy of up to 64 KiB of frames with its neighbours: who keeps many records
 * for long had better keep what is needed of them; `bytes` and `value` are the entry's own.
 */
export class Entry extends FrameRecord<SegmentFrames> {
  private own: Uint8Array | undefined

  /** A class without one of its own is made a third as fast by V8. */
  constructor(frames: SegmentFrames, at: number, lsn: number) {
    super(frames, at, lsn)
  }

  /** The payload as stored; the entry's own copy, made at the first use. */
  get bytes(): Uint8Array {
    this.own ??= new Uint8Array(this.payload)
    return this.own
  }

  /** How the payload is encoded. */
  get codec(): 'bytes' | 'msgpack' {
    return this.isMessagePack ? 'msgpack' : 'bytes'
  }

  /** Whether the next record belongs to the same atomic batch. */
  get continuesBatch(): boolean {
    return (this.frames.view.getUint8(this.at + FRAME_FLAGS_AT) & FLAG_CONTINUES_BATCH) !== 0
  }

  /** File name of its segment, offset of its frame in it, and the frame's check. */
  get segment(): string {
    return this.frames.segment
  }

  get offset(): number {
    return this.frames.offset + this.at
  }

  get check(): bigint {
    return this.frames.view.getBigUint64(this.at + FRAME_CHECK_AT, true)
  }

  protected override ownPayload(): Uint8Array {
    return this.bytes
  }
}
