/** Thread: receives until the queue ends, checks everything, and reports. */
import { parentPort, workerData } from 'node:worker_threads'
import { MessageQueue, type SharedMemory } from '../../../src/ring/index.ts'
import { Ledger, Traffic } from './traffic.ts'

export interface ConsumerInit {
  readonly memory: SharedMemory
  readonly seed: number
  readonly maxLength: number
  readonly producers: number
  readonly firstSequence: number
}

export interface ConsumerReport {
  readonly received: Float64Array
  readonly sums: Int32Array
  readonly lost: number
  readonly bytes: number
  readonly seconds: number
}

const init = workerData as ConsumerInit
const queue = MessageQueue.attach(init.memory)
const ledger = new Ledger(new Traffic(init.seed, init.maxLength), init.producers, init.firstSequence)
let started: number | undefined
while (!queue.ended) {
  // Without a time-out, so that a wake-up that is missed is one for ever.
  queue.receive(ledger.enter, Number.POSITIVE_INFINITY)
  started ??= performance.now()
}
const seconds = (performance.now() - (started ?? 0)) / 1000
const { received, sums, lost, bytes } = ledger
parentPort!.postMessage({ received, sums, lost, bytes, seconds } satisfies ConsumerReport)
