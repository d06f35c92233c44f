/** Thread: calls the consumer, waits for the answer, and calls again, until it is told to end. */
import { workerData } from 'node:worker_threads'
import { RingMemory, type SharedMemory } from '../../../src/ring/index.ts'

export interface SleeperCallerInit {
  readonly memory: SharedMemory
  /** Word 0: the ring is shared. Word 1: no more calls. */
  readonly flags: Int32Array
}

const { memory, flags } = workerData as SleeperCallerInit
const ring = RingMemory.attach(memory)
const call = ring.userAt >> 2
for (let calls = 1; Atomics.load(flags, 1) === 0; calls++) {
  Atomics.store(ring.words, call, calls)
  ring.wakeConsumer()
  while (Atomics.load(ring.words, call + 1) !== calls) Atomics.wait(ring.words, call + 1, calls - 1)
}
