import { createSharedMemory, instantiateKernel } from '../../wasm.ts'
import type { Checker } from '../check.ts'
import { FRAME_LENGTH_AT } from '../frame-layout.ts'
import { withFlip } from '../with-flip.ts'
import { WASM_BASE64 } from './single-bit-binary.ts'

/**
 * Hashes of one frame with one bit of it flipped. Bits count from the frame's first byte, 0 the lowest; those of its check
 * are not hashed. A `size` is the bytes of a whole frame: a multiple of 8 from 40 on, no more than were loaded.
 */
export interface BitKernel {
  /** Takes a copy of bytes that start with the frame; what was loaded before is forgotten. */
  load(bytes: Uint8Array): void
  /** XXH64 of a frame of `size` bytes, from its length on: its check but for the salt. */
  hash(size: number): bigint
  /** The same with one bit flipped. */
  hashFlipped(size: number, bit: number): bigint
  /** The first bit, `from` (64 or more) or behind it, whose flip makes that hash `wanted`; 8 * size if there is none. */
  nextFlip(size: number, wanted: bigint, from: number): number
}

interface SingleBitExports {
  xxh64(at: number, length: number): bigint
  nextFlip(at: number, length: number, digest: bigint, from: number): number
}

/** On WebAssembly (single-bit.as.ts), in memory of its own that grows with the frames; what it grew to it keeps. */
export function createBitKernel(): BitKernel {
  let bytes: Uint8Array = new Uint8Array(0)
  let wasm: SingleBitExports
  const hashNow = (size: number): bigint => BigInt.asUintN(64, wasm.xxh64(FRAME_LENGTH_AT, size - FRAME_LENGTH_AT))
  return {
    load(frame) {
      if (frame.length > bytes.length || bytes.length === 0) {
        const memory = createSharedMemory(Math.max(frame.length, 2 * bytes.length, 1))
        bytes = new Uint8Array(memory.buffer)
        wasm = instantiateKernel(WASM_BASE64, memory) as SingleBitExports
      }
      bytes.set(frame)
    },
    hash: hashNow,
    hashFlipped: (size, bit) => withFlip(bytes, bit, () => hashNow(size)),
    nextFlip(size, wanted, from) {
      const covered = 8 * FRAME_LENGTH_AT
      return covered + wasm.nextFlip(FRAME_LENGTH_AT, size - FRAME_LENGTH_AT, wanted, from - covered)
    },
  }
}

/** The same by trying every bit with hash-wasm: for environments without shared memory, and as the kernel's reference. */
export function createReferenceBitKernel(checker: Checker): BitKernel {
  let bytes: Uint8Array = new Uint8Array(0)
  const hash = (size: number): bigint => checker.xxh64(bytes.subarray(FRAME_LENGTH_AT, size))
  const hashFlipped = (size: number, bit: number): bigint => withFlip(bytes, bit, () => hash(size))
  return {
    load(frame) {
      bytes = frame.slice()
    },
    hash,
    hashFlipped,
    nextFlip(size, wanted, from) {
      let bit = from
      while (bit < 8 * size && hashFlipped(size, bit) !== wanted) bit++
      return bit
    },
  }
}
