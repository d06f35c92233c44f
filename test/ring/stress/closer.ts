/** Thread: closes each queue at a moment of its own, soon after its round began. */
import { workerData } from 'node:worker_threads'
import { MessageQueue, type SharedMemory } from '../../../src/ring/index.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

export interface CloserInit {
  readonly memories: readonly SharedMemory[]
  /** The number of the rounds that have begun. */
  readonly round: Int32Array
  readonly seed: number
}

const DELAY_MS_MAX = 2
const { memories, round, seed } = workerData as CloserInit
const random = new SeededRandom(seed)
for (const [number, memory] of memories.entries()) {
  const queue = MessageQueue.attach(memory)
  for (let begun = Atomics.load(round, 0); begun <= number; begun = Atomics.load(round, 0))
    Atomics.wait(round, 0, begun)
  const end = performance.now() + (DELAY_MS_MAX * random.below(1000)) / 1000
  while (performance.now() < end);
  queue.close()
}
