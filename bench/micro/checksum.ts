import { createChecker, createKernelMemory } from '../../src/format/index.ts'
import { type MicroTask, repeated } from './task.ts'

const SIZES = [128, 4096, 65_536]
const OPERATIONS = 100

/** The checksum of one piece of bytes in one call: in the batch kernel's memory, and by hash-wasm. */
export async function checksumTasks(): Promise<MicroTask[]> {
  const memory = createKernelMemory(Math.max(...SIZES))
  memory.bytes.fill(5)
  const { kernel, dataAt } = memory
  const checker = await createChecker()
  return SIZES.flatMap((size) => {
    const bytes = new Uint8Array(size).fill(5)
    return [
      repeated(`${size} B, kernel`, OPERATIONS, () => kernel.xxh64(dataAt, size)),
      repeated(`${size} B, hash-wasm`, OPERATIONS, () => checker.xxh64(bytes)),
    ]
  })
}
