/** Thread: sends to each queue until it is closed, and counts in shared memory the sends that returned. */
import { workerData } from 'node:worker_threads'
import { RingwalError } from '../../../src/errors.ts'
import { MessageProducer, type ProducerPort } from '../../../src/ring/index.ts'
import { tagOf } from './traffic.ts'

export interface ClosingProducerInit {
  /** One for each round. */
  readonly ports: readonly ProducerPort[]
  readonly number: number
  readonly producers: number
  /** For each round, one word for each producer. */
  readonly sent: Int32Array
}

/** Long ones, so that the ring is full at times and many a claim needs padding. */
const LENGTH_MAX = 1500
const { ports, number, producers, sent } = workerData as ClosingProducerInit
const bytes = new Uint8Array(LENGTH_MAX)
for (const [round, port] of ports.entries()) {
  const producer = new MessageProducer(port)
  try {
    for (let index = 0; ; index++) {
      const length = (index * 677 + round * 31 + number * 499) % LENGTH_MAX
      producer.send(bytes.subarray(0, length), Number.POSITIVE_INFINITY, tagOf(number, index))
      sent[round * producers + number] = index + 1
    }
  } catch (error) {
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_CLOSED') throw error
  }
}
