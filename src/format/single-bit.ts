import { hasSharedMemory } from '../wasm.ts'
import { createChecker } from './check.ts'
import { FRAME_HEAD_BYTES, FrameHead, type FrameLimits } from './frame-head.ts'
import { FRAME_HEADER_BYTES, FRAME_KIND_AT, FRAME_LENGTH_AT } from './frame-layout.ts'
import { type BitKernel, createBitKernel, createReferenceBitKernel } from './kernel/bit-kernel.ts'

/**
 * Bytes of the longest frame of which every bit is tried, unless told otherwise. The work grows with the square of the
 * frame: about 13 ms at this length, and four times that at twice it.
 */
export const SINGLE_BIT_LONGEST = 16384

/** The frame's place, and how far the search goes. */
export interface SingleBitSettings extends FrameLimits {
  /** Bytes of the longest frame of which every bit is tried: SINGLE_BIT_LONGEST if not given. */
  readonly longest?: number
}

/** The one bit that is wrong. */
export interface SingleBit {
  /** Byte of the region. */
  readonly at: number
  /** 0, the lowest, to 7. */
  readonly bit: number
  /** Bytes of the whole frame once the bit is flipped back. */
  readonly bytes: number
}

/** A finder for any environment; without shared memory it tries each bit with hash-wasm, hundreds of times slower. */
export async function createSingleBitFinder(): Promise<SingleBitFinder> {
  if (hasSharedMemory()) return new SingleBitFinder()
  return new SingleBitFinder(createReferenceBitKernel(await createChecker()))
}

/** Finds the one bit whose flip makes a frame verify. Keeps its memory: up to twice the longest frame so far. */
export class SingleBitFinder {
  private readonly kernel: BitKernel

  constructor(kernel: BitKernel = createBitKernel()) {
    this.kernel = kernel
  }

  /**
   * The bit of a damaged region that must have flipped: with it flipped back a frame verifies at the region's start, ends
   * within the region and can stand there, and with no other bit flipped one does. Undefined if there is none or more than
   * one, if a frame verifies as it is, or if that can not be told: of a frame above `longest`, only bits of the check, of
   * the length and of a header that can not stand as it is are tried. The region is not changed.
   */
  find(region: Uint8Array, settings: SingleBitSettings): SingleBit | undefined {
    if (region.length < FRAME_HEADER_BYTES) return undefined
    const head = new FrameHead(region, settings)
    // So that bytes that never were a frame of this segment cost nothing.
    if (head.hasForeignTag) return undefined
    let only: number | undefined
    for (const bit of this.flips(region, head, settings.longest ?? SINGLE_BIT_LONGEST)) {
      if (only !== undefined) return undefined
      only = bit
    }
    if (only === undefined) return undefined
    return { at: only >> 3, bit: only & 7, bytes: head.withFlip(only, () => head.size) }
  }

  /** The bits, counted in the region, each of which does it. */
  private *flips(region: Uint8Array, head: FrameHead, longest: number): Generator<number> {
    const { kernel } = this
    const { size, wantedHash } = head
    const lengthBits = standingBits(head, FRAME_LENGTH_AT, FRAME_KIND_AT)
    const headBits = size === 0 || head.canStand ? [] : standingBits(head, FRAME_KIND_AT, FRAME_HEAD_BYTES)
    const sizes = lengthBits.map((bit) => head.withFlip(bit, () => head.size))
    if (lengthBits.length + headBits.length === 0 && !head.canStand) return
    kernel.load(region.subarray(0, Math.max(size, ...sizes)))

    const difference = size > 0 ? kernel.hash(size) ^ wantedHash : undefined
    if (difference === 0n) return
    for (const [i, bit] of lengthBits.entries()) if (kernel.hashFlipped(sizes[i]!, bit) === wantedHash) yield bit
    for (const bit of headBits) if (kernel.hashFlipped(size, bit) === wantedHash) yield bit
    if (difference === undefined || !head.canStand) return
    if ((difference & (difference - 1n)) === 0n) yield difference.toString(2).length - 1
    if (size > longest) return
    for (let bit = 8 * FRAME_KIND_AT; ; bit++) {
      bit = kernel.nextFlip(size, wantedHash, bit)
      if (bit === 8 * size) return
      if (head.withFlip(bit, () => head.canStand)) yield bit
    }
  }
}

/** Those bits of the bytes from `from` to before `to` with which flipped the head can stand. */
function standingBits(head: FrameHead, from: number, to: number): number[] {
  const bits = Array.from({ length: 8 * (to - from) }, (_, i) => 8 * from + i)
  return bits.filter((bit) => head.withFlip(bit, () => head.canStand))
}
