/** Thread: sends its share of the traffic, and ends. */
import { workerData } from 'node:worker_threads'
import { MessageProducer, type ProducerPort } from '../../../src/ring/index.ts'
import { addSequence, Traffic, tagOf } from './traffic.ts'

export interface ProducerInit {
  readonly port: ProducerPort
  readonly seed: number
  readonly maxLength: number
  readonly number: number
  readonly messages: number
  /** Raised when all threads are ready. */
  readonly start: Int32Array
  /** Word 0: a sequence number that some send has returned, its low 32 bits. Behind it, a sum for each producer. */
  readonly sequences: Int32Array
}

/** Every so many messages the order of sends in different threads is looked at: always would keep them in step. */
const ORDER_EVERY = 16

const init = workerData as ProducerInit
const { number, sequences } = init
const traffic = new Traffic(init.seed, init.maxLength)
const producer = new MessageProducer(init.port)
Atomics.add(init.start, 1, 1)
Atomics.notify(init.start, 1)
Atomics.wait(init.start, 0, 0)
let last = -1
let sum = 0
for (let index = 0; index < init.messages; index++) {
  const looks = index % ORDER_EVERY === 0
  const before = looks ? Atomics.load(sequences, 0) : 0
  const sequence = producer.send(traffic.message(number, index), Number.POSITIVE_INFINITY, tagOf(number, index))
  if (sequence <= last) throw new Error(`sequence ${sequence} after ${last}`)
  if (looks && ((sequence - before) | 0) <= 0)
    throw new Error(`sequence ${sequence}, but another send returned ${before}`)
  if (looks) Atomics.store(sequences, 0, sequence | 0)
  last = sequence
  sum = addSequence(sum, sequence)
}
Atomics.store(sequences, number + 1, sum)
producer.close()
