import type { Codec } from '../codec/index.ts'
import type { FrameMemory, FrameRun } from '../format/index.ts'
import type { SegmentFrames } from './entry.ts'

const COPY_BYTES_MAX = 1 << 16

/**
 * Copies frames out of a reader's memory, which holds others soon: many at a time, as a copy of each costs more than all that
 * is then read of it. Where few of those that were copied were asked for, fewer are copied the next time, down to one.
 */
export class FrameCopies {
  private readonly segment: string
  private readonly codec: Codec
  private frames: SegmentFrames | undefined
  /** Bytes that were asked for, of the last copy, and that the next one will have. */
  private used = 0
  private wish = 0

  constructor(segment: string, codec: Codec) {
    this.segment = segment
    this.codec = codec
  }

  /**
   * A copy in which a frame stands at its offset less that of the copy.
   * @param at address of the frame, of `size` bytes, in the memory; it is one of the run
   */
  around(run: FrameRun, memory: FrameMemory, at: number, size: number): SegmentFrames {
    const offset = run.offset + at - run.from
    const { frames } = this
    if (frames !== undefined && offset + size <= frames.offset + frames.bytes.length && offset >= frames.offset) {
      this.used += size
      return frames
    }
    if (frames !== undefined) this.wish = 2 * this.used >= frames.bytes.length ? 2 * this.wish : this.wish >> 1
    this.wish = Math.max(size, Math.min(COPY_BYTES_MAX, this.wish))
    const bytes = memory.bytes.slice(at, Math.min(run.to, at + this.wish))
    this.used = size
    this.frames = {
      bytes,
      view: new DataView(bytes.buffer),
      codec: this.codec,
      segment: this.segment,
      offset,
    }
    return this.frames
  }
}
