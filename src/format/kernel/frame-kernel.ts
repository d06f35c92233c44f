import { instantiateKernel, type SharedMemory } from '../../wasm.ts'
import { WASM_BASE64 } from './frames-binary.ts'

/**
 * The batch kernel over one shared memory: see frames.as.ts for each call. Addresses are bytes from the memory's start;
 * 64-bit numbers are bigints, two or three a call, never one a record.
 */
export interface FrameKernel {
  /** XXH64 with seed 0. */
  xxh64(at: number, length: number): bigint
  /** The LSN that is returned is signed, as WebAssembly hands it out: it tells nothing from 2^63 on, which no log reaches. */
  seal(from: number, to: number, salt: bigint, lsn: bigint): bigint
  scan(from: number, to: number, salt: bigint, maxPayload: number, state: number): void
  find(from: number, to: number, salt: bigint, maxPayload: number, lsnMin: bigint, lsnMax: bigint, last: number): number
}

export function instantiateFrameKernel(memory: SharedMemory): FrameKernel {
  const { xxh64, seal, scan, find } = instantiateKernel(WASM_BASE64, memory) as FrameKernel
  // WebAssembly hands every 64-bit number out as a signed one.
  return { xxh64: (at, length) => BigInt.asUintN(64, xxh64(at, length)), seal, scan, find }
}
