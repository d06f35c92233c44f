import { RingMemory } from '../../../src/ring/index.ts'
import { Crew, ended, message } from './crew.ts'
import type { SleeperCallerInit } from './sleeper-caller.ts'
import type { SleeperConsumerInit, SleeperReport } from './sleeper-consumer.ts'
import type { SleeperProducerInit } from './sleeper-producer.ts'

export interface SleepersPlan {
  readonly messages: number
  readonly producers: number
  readonly seed: number
}

export interface SleepersResult {
  readonly messages: number
  /** How often the consumer lay down, to be woken by a publish or not. */
  readonly parked: number
  readonly dozed: number
  /** Calls that the consumer answered. */
  readonly calls: number
}

export const SLEEPER_LENGTH_MAX = 1000
const FIRST_SEQUENCE = 2 ** 32 - 500

/**
 * A ring so small that producers wait for space all the time, with a consumer that parks or dozes whenever it finds nothing,
 * and a thread that calls it. The first producer is alone at first, and shares the ring while it is in use. Nobody's
 * sleep has a time-out: one wake-up that is missed, and the run does not end.
 * @throws if anything is lost, doubled, disordered or damaged
 */
export async function runSleepers(plan: SleepersPlan): Promise<SleepersResult> {
  const { producers, seed } = plan
  const messages = Math.ceil(plan.messages / producers)
  const ring = RingMemory.create({
    capacity: 4096,
    margin: 64,
    userBytes: 8,
    startPosition: 2 ** 32 - 2000,
    firstSequence: FIRST_SEQUENCE,
  })
  const { memory } = ring
  const flags = new Int32Array(new SharedArrayBuffer(8))
  const crew = new Crew(60_000 + plan.messages / 5, JSON.stringify(plan))
  try {
    const init = { memory, seed, producers, firstSequence: FIRST_SEQUENCE } satisfies SleeperConsumerInit
    const report = message<SleeperReport>(crew.start('sleeper-consumer', init))
    const caller = crew.start('sleeper-caller', { memory, flags } satisfies SleeperCallerInit)
    const threads = Array.from({ length: producers }, (_, number) => {
      const owner = number === 0 ? undefined : ring.takeOwner()
      const start = { memory, seed, number, owner, messages, flags, firstSequence: FIRST_SEQUENCE }
      return ended(crew.start('sleeper-producer', start satisfies SleeperProducerInit))
    })
    await crew.during(Promise.all(threads))
    const called = ended(caller)
    Atomics.store(flags, 1, 1)
    await crew.during(called)
    ring.close(1)
    const { received, lost, ...rest } = await crew.during(report)
    if (lost !== 0 || received.some((count) => count !== messages)) {
      throw new Error(`received ${received.join(', ')} of ${messages} each; ${lost} lost`)
    }
    return { messages: messages * producers, ...rest }
  } finally {
    await crew.dismiss()
  }
}
