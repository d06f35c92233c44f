/** Thread: sends its share of the traffic to a ring without a queue; the first one alone at first. */
import { workerData } from 'node:worker_threads'
import { RingMemory, RingProducer, type SharedMemory } from '../../../src/ring/index.ts'
import { claimBytes, PREFIX_BYTES } from '../../../src/ring/message-layout.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import { SLEEPER_LENGTH_MAX } from './sleepers.ts'
import { addSequence, Traffic, tagOf } from './traffic.ts'

export interface SleeperProducerInit {
  readonly memory: SharedMemory
  readonly seed: number
  readonly number: number
  /** Undefined for the first producer. */
  readonly owner: number | undefined
  readonly messages: number
  readonly flags: Int32Array
  /** For each producer, the sum over its sequence numbers. */
  readonly sums: Int32Array
  readonly firstSequence: number
}

const { memory, seed, number, owner, messages, flags, sums, firstSequence } = workerData as SleeperProducerInit
const ring = RingMemory.attach(memory)
const random = new SeededRandom(seed + number)
const traffic = new Traffic(seed, SLEEPER_LENGTH_MAX)
const isFirst = owner === undefined
const producer = isFirst ? RingProducer.first(ring, firstSequence) : RingProducer.further(ring, owner)
if (!isFirst) Atomics.wait(flags, 0, 0)
for (let index = 0; index < messages; index++) {
  if (isFirst && index === messages >> 1) {
    producer.share()
    Atomics.store(flags, 0, 1)
    Atomics.notify(flags, 0)
  }
  const message = traffic.message(number, index)
  const at = producer.isShared ? claim(message.length) : claimAlone(message.length)
  ring.words[at >> 2] = message.length
  ring.words[(at + 4) >> 2] = tagOf(number, index)
  ring.bytes.set(message, at + PREFIX_BYTES)
  producer.publish()
  sums[number] = addSequence(sums[number]!, producer.sequence)
}
ring.returnOwner(producer.owner)

function claim(length: number): number {
  return producer.claim(claimBytes(length), 1, Number.POSITIVE_INFINITY)
}

/** Claims more than is needed and gives back the rest, after claims that are given back whole. */
function claimAlone(length: number): number {
  for (;;) {
    const at = claim(Math.min(SLEEPER_LENGTH_MAX, length + random.below(200)))
    const isKept = random.chance(0.8)
    producer.shrink(isKept ? claimBytes(length) : 0)
    if (isKept) return at
  }
}
