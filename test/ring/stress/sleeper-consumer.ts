/** Thread: takes what comes, in pieces, and lies down whenever there is nothing; checks everything, and reports. */
import { parentPort, workerData } from 'node:worker_threads'
import { RingConsumer, RingMemory, type SharedMemory } from '../../../src/ring/index.ts'
import { claimBytes, PREFIX_BYTES } from '../../../src/ring/message-layout.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import { type Rest, SLEEPER_LENGTH_MAX, type SleepersResult } from './sleepers.ts'
import { Ledger, Traffic } from './traffic.ts'

export interface SleeperConsumerInit {
  readonly memory: SharedMemory
  readonly seed: number
  readonly producers: number
  readonly rest: Rest
  readonly firstSequence: number
}

export interface SleeperReport extends Omit<SleepersResult, 'messages'> {
  readonly received: Float64Array
  readonly sums: Int32Array
}

const { memory, seed, producers, rest, firstSequence } = workerData as SleeperConsumerInit
const ring = RingMemory.attach(memory)
const consumer = new RingConsumer(ring)
const random = new SeededRandom(seed)
const ledger = new Ledger(new Traffic(seed, SLEEPER_LENGTH_MAX), producers, firstSequence)
const call = ring.userAt >> 2
let next = firstSequence
let calls = 0
let rests = 0
let sealed = false
while (!sealed) {
  answer()
  if (take()) continue
  rests++
  const kind = rest !== 'either' ? rest : random.chance(0.5) ? 'park' : 'doze'
  consumer[kind](Number.POSITIVE_INFINITY, stay)
}
const { received, sums } = ledger
parentPort!.postMessage({ received, sums, rests, calls } satisfies SleeperReport)

function answer(): void {
  const asked = Atomics.load(ring.words, call)
  if (asked === calls) return
  calls = asked
  Atomics.store(ring.words, call + 1, calls)
  Atomics.notify(ring.words, call + 1)
}

function take(): boolean {
  const bytes = consumer.collect(random.between(ring.claimMax, ring.capacity))
  if (bytes === 0) return false
  // Nobody else may have anything there.
  ring.bytes.fill(0xff, consumer.at - ring.margin, consumer.at)
  for (let at = consumer.at, end = at + bytes; at < end; next++) {
    const length = ring.words[at >> 2]!
    const message = ring.bytes.subarray(at + PREFIX_BYTES, at + PREFIX_BYTES + length)
    ledger.enter(message, next, ring.words[(at + 4) >> 2]! >>> 0)
    at += claimBytes(length)
  }
  consumer.release(next)
  return true
}

function stay(): boolean {
  if (Atomics.load(ring.words, call) !== calls) return true
  sealed = consumer.seal()
  return sealed
}
