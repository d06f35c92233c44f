import { frameBytes } from './frame.ts'
import { FRAME_HEADER_BYTES, FRAME_LENGTH_AT } from './frame-layout.ts'
import type { FrameMemory } from './frame-memory.ts'
import type { ByteSource } from './scan-step.ts'

/** The part of a segment that stands in memory, and the place in it that is read next. */
export class ScanWindow {
  /** Grows, as a new memory, where a frame is longer than the capacity. */
  memory: FrameMemory
  /** Address that is read next, and behind the last byte loaded. */
  at: number
  filled: number
  private readonly source: ByteSource
  private readonly end: number
  private readonly payloadMax: number
  /** File offset of `memory.dataAt`. */
  private base: number

  constructor(source: ByteSource, memory: FrameMemory, start: number, end: number, payloadMax: number) {
    this.source = source
    this.memory = memory
    this.base = start
    this.end = end
    this.payloadMax = payloadMax
    this.at = memory.dataAt
    this.filled = memory.dataAt
  }

  /** File offset of what is read next. */
  get offset(): number {
    return this.offsetOf(this.at)
  }

  offsetOf(address: number): number {
    return this.base + address - this.memory.dataAt
  }

  /** May lie outside of what is loaded. */
  addressOf(offset: number): number {
    return offset - this.base + this.memory.dataAt
  }

  /** Whether the whole header of a frame is loaded. */
  get hasHeader(): boolean {
    return this.filled - this.at >= FRAME_HEADER_BYTES
  }

  get isLoadedToEnd(): boolean {
    return this.offsetOf(this.filled) >= this.end
  }

  /** Length that the frame here states. */
  get length(): number {
    return this.memory.view.getUint32(this.at + FRAME_LENGTH_AT, true)
  }

  /**
   * Loads from `offset` on: a chunk, or as much as the frame there says it needs.
   * @param longest payload bytes of the longest frame that is worth a larger memory
   * @param most bytes that are wanted, if the frame does not need more
   */
  load(offset: number, longest: number, most: number = Number.POSITIVE_INFINITY): void {
    const known = this.hasHeader && offset === this.offset
    const length = known ? this.length : 0
    const need = Math.min(frameBytes(Math.min(length, longest)), this.end - offset)
    const { capacity } = this.memory
    // Doubling, so that frames that grow by and by do not each cost a new memory.
    if (need > capacity)
      this.memory = this.memory.larger(Math.max(need, Math.min(2 * capacity, frameBytes(this.payloadMax))))
    const { bytes, dataAt } = this.memory
    const wish = Math.max(0, Math.min(this.memory.capacity, this.end - offset, Math.max(need, most)))
    const got = wish > 0 ? this.source.read(bytes, dataAt, wish, offset) : 0
    if (got < wish) bytes.fill(0, dataAt + got, dataAt + wish)
    this.base = offset
    this.at = dataAt
    this.filled = dataAt + wish
  }

  /** Whether what is loaded, from here on, is zero. */
  get isZero(): boolean {
    const words = new Int32Array(this.memory.bytes.buffer, this.at, (this.filled - this.at) >> 2)
    if (hasNonZero(words)) return false
    return this.memory.bytes.subarray(this.at + words.length * 4, this.filled).every((byte) => byte === 0)
  }

  /** Whether every byte from here to the end is zero. Then all is read; else `at` is where it was. */
  skipZeros(): boolean {
    const { offset } = this
    let zero = this.isZero
    for (; zero && !this.isLoadedToEnd; zero = this.isZero) this.load(this.offsetOf(this.filled), 0)
    if (zero) this.at = this.filled
    else if (this.offset !== offset) this.load(offset, 0)
    return zero
  }
}

function hasNonZero(words: Int32Array): boolean {
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return true
  return false
}
