/** Thread: sends its share of the traffic, and ends. */
import { workerData } from 'node:worker_threads'
import { MessageProducer, type ProducerPort } from '../../../src/ring/index.ts'
import { Traffic, tagOf } from './traffic.ts'

export interface ProducerInit {
  readonly port: ProducerPort
  readonly seed: number
  readonly maxLength: number
  readonly number: number
  readonly messages: number
  /** Raised when all threads are ready. */
  readonly start: Int32Array
}

const init = workerData as ProducerInit
const { number } = init
const traffic = new Traffic(init.seed, init.maxLength)
const producer = new MessageProducer(init.port)
Atomics.add(init.start, 1, 1)
Atomics.notify(init.start, 1)
Atomics.wait(init.start, 0, 0)
let last = -1
for (let index = 0; index < init.messages; index++) {
  const sequence = producer.send(traffic.message(number, index), 60_000, tagOf(number, index))
  if (sequence <= last) throw new Error(`sequence ${sequence} after ${last}`)
  last = sequence
}
producer.close()
