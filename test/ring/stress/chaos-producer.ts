/** Thread: sends until it is killed, and records in shared memory how many sends returned. */
import { workerData } from 'node:worker_threads'
import { CLAIM_CLOSED, MessageProducer, type ProducerPort, RingMemory, RingProducer } from '../../../src/ring/index.ts'
import { claimBytes, PREFIX_BYTES } from '../../../src/ring/message-layout.ts'
import { Traffic, tagOf } from './traffic.ts'

export interface ChaosProducerInit {
  readonly port: ProducerPort
  readonly seed: number
  readonly maxLength: number
  /** Numbers the lives of all threads of a run. */
  readonly life: number
  /** For each life, the number of sends that returned. */
  readonly acknowledged: Int32Array
}

const SLOW_PASSES = 100
const { port, seed, maxLength, life, acknowledged } = workerData as ChaosProducerInit
const traffic = new Traffic(seed, maxLength)
const send = life % 2 === 0 ? quick() : slow()
for (let index = 0; send(traffic.message(life, index), tagOf(life, index)); index++) {
  Atomics.store(acknowledged, life, index + 1)
}

function quick(): (message: Uint8Array, tag: number) => boolean {
  const producer = new MessageProducer(port)
  return (message, tag) => producer.send(message, 60_000, tag) >= 0
}

/** Writes byte by byte and over again, to die between claim and publish: a copy can not be killed half-way. */
function slow(): (message: Uint8Array, tag: number) => boolean {
  const ring = RingMemory.attach(port.memory)
  const producer = RingProducer.further(ring, port.owner)
  return (message, tag) => {
    const at = producer.claim(claimBytes(message.length), 1, 60_000)
    if (at === CLAIM_CLOSED) return false
    ring.words[at >> 2] = message.length
    ring.words[(at + 4) >> 2] = tag
    for (let pass = 0; pass < SLOW_PASSES; pass++) {
      for (let i = 0; i < message.length; i++)
        ring.bytes[at + PREFIX_BYTES + i] = message[i]! ^ (SLOW_PASSES - 1 - pass)
    }
    producer.publish()
    return true
  }
}
