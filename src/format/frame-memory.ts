import { createSharedMemory, hasSharedMemory } from '../wasm.ts'
import { createChecker } from './check.ts'
import { type FrameKernel, instantiateFrameKernel } from './kernel/frame-kernel.ts'
import { createReferenceKernel } from './kernel/reference-kernel.ts'
import { SCAN_STATE_BYTES } from './kernel/scan-layout.ts'

/** Memory in which frames are checked in place: the kernel sees the same bytes at the same addresses. */
export interface FrameMemory {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly kernel: FrameKernel
  /** Address of SCAN_STATE_BYTES for the kernel's scan. */
  readonly stateAt: number
  /** Address of the first byte that is for frames; a multiple of 4096. */
  readonly dataAt: number
  /** Bytes for frames. */
  readonly capacity: number
  /** A new memory of the same kind, with room for more. */
  larger(capacity: number): FrameMemory
}

const DATA_AT = 4096

/** Makes memory for `capacity` bytes of frames: on the WebAssembly kernel, or on hash-wasm where no memory can be shared. */
export async function createFrameMemory(capacity: number): Promise<FrameMemory> {
  return hasSharedMemory() ? createKernelMemory(capacity) : createReferenceMemory(capacity)
}

/** The same, at once, where shared memory is known to exist (Node.js). */
export function createKernelMemory(capacity: number): FrameMemory {
  const memory = createSharedMemory(DATA_AT + capacity)
  const bytes = new Uint8Array(memory.buffer)
  return frameMemory(bytes, instantiateFrameKernel(memory), capacity, createKernelMemory)
}

/** The same on plain memory and hash-wasm. Slower; for environments without shared memory, and as the kernel's reference. */
export async function createReferenceMemory(capacity: number): Promise<FrameMemory> {
  const checker = await createChecker()
  const make = (size: number): FrameMemory => {
    const bytes = new Uint8Array(DATA_AT + size)
    return frameMemory(bytes, createReferenceKernel(bytes, checker), size, make)
  }
  return make(capacity)
}

function frameMemory(
  bytes: Uint8Array,
  kernel: FrameKernel,
  capacity: number,
  larger: (capacity: number) => FrameMemory,
): FrameMemory {
  const stateAt = DATA_AT - SCAN_STATE_BYTES
  return { bytes, view: new DataView(bytes.buffer), kernel, stateAt, dataAt: DATA_AT, capacity, larger }
}
