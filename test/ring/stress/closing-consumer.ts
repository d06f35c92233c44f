/** Thread: receives from each queue until it has ended, and reports how many messages of each producer it had. */
import { parentPort, workerData } from 'node:worker_threads'
import { MessageQueue, type SharedMemory } from '../../../src/ring/index.ts'
import { tagOf } from './traffic.ts'

export interface ClosingConsumerInit {
  readonly memories: readonly SharedMemory[]
  readonly producers: number
  readonly round: Int32Array
}

const PRODUCER_SHIFT = 20
const { memories, producers, round } = workerData as ClosingConsumerInit
const received = new Int32Array(memories.length * producers)
for (const [number, memory] of memories.entries()) {
  const queue = MessageQueue.attach(memory)
  let next = 1
  const enter = (message: Uint8Array | undefined, sequence: number, tag: number): void => {
    const at = number * producers + (tag >>> PRODUCER_SHIFT)
    const expected = tagOf(tag >>> PRODUCER_SHIFT, received[at]!)
    if (message === undefined || sequence !== next || tag !== expected) {
      throw new Error(`round ${number}: message ${sequence} with tag ${tag} instead of ${next} with ${expected}`)
    }
    next++
    received[at]!++
  }
  Atomics.add(round, 0, 1)
  Atomics.notify(round, 0)
  while (!queue.ended) queue.receive(enter, Number.POSITIVE_INFINITY)
}
parentPort!.postMessage(received)
