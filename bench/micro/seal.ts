import { createKernelMemory, type FrameMemory, frameBytes, KIND_RECORD, writeFrame } from '../../src/format/index.ts'
import { type MicroTask, wrongResult } from './task.ts'

const SIZES = [128, 256, 1024]
/** As large as the writer's batches. */
const BATCH_BYTES = 1 << 20
const SALT = 0x9e37_79b9_7f4a_7c15n

/** What the kernel takes for a record when a whole batch is sealed in one call. */
export function frameTasks(): MicroTask[] {
  return SIZES.map((size) => {
    const memory = createKernelMemory(BATCH_BYTES)
    const records = Math.floor(BATCH_BYTES / frameBytes(size))
    writeFrames(memory, size, records)
    const { kernel, dataAt } = memory
    const end = dataAt + records * frameBytes(size)
    const name = `${size} B`
    const run = (): void => {
      if (kernel.seal(dataAt, end, SALT, 1n) !== BigInt(records + 1)) throw wrongResult(name)
    }
    return { name, operations: records, run }
  })
}

function writeFrames({ view, bytes, dataAt }: FrameMemory, size: number, records: number): void {
  bytes.fill(5, dataAt)
  for (let i = 0; i < records; i++) {
    writeFrame(view, dataAt + i * frameBytes(size), { kind: KIND_RECORD, lsn: i + 1, length: size })
  }
}
