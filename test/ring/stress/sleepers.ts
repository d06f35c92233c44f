import { RingMemory } from '../../../src/ring/index.ts'
import { Crew, ended, message } from './crew.ts'
import type { SleeperCallerInit } from './sleeper-caller.ts'
import type { SleeperConsumerInit, SleeperReport } from './sleeper-consumer.ts'
import type { SleeperProducerInit } from './sleeper-producer.ts'

export type Rest = 'park' | 'doze' | 'either'

export interface SleepersPlan {
  readonly messages: number
  readonly producers: number
  readonly seed: number
  /** How the consumer sleeps. `either`: now so, now so, and a flag of one must not be left for the other. */
  readonly rest: Rest
  /** Whether a thread calls the consumer all the time. It hides other wake-ups that are missed. */
  readonly called: boolean
}

export interface SleepersResult {
  readonly messages: number
  /** How often the consumer lay down. */
  readonly rests: number
  /** Calls that the consumer answered. */
  readonly calls: number
}

export const SLEEPER_LENGTH_MAX = 1000
const FIRST_SEQUENCE = 2 ** 32 - 500

/**
 * A ring so small that producers wait for space all the time, with a consumer that lies down whenever it finds nothing. The
 * first producer is alone at first, and shares the ring while it is in use. Nobody's sleep has a time-out: one wake-up
 * that is missed, and the run does not end.
 * @throws if anything is lost, doubled, disordered or damaged
 */
export async function runSleepers(plan: SleepersPlan): Promise<SleepersResult> {
  const { producers, seed, rest } = plan
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
  const sums = new Int32Array(new SharedArrayBuffer(4 * producers))
  const crew = new Crew(60_000 + plan.messages / 5, JSON.stringify(plan))
  try {
    const init = { memory, seed, producers, rest, firstSequence: FIRST_SEQUENCE } satisfies SleeperConsumerInit
    const report = message<SleeperReport>(crew.start('sleeper-consumer', init))
    const caller = plan.called && crew.start('sleeper-caller', { memory, flags } satisfies SleeperCallerInit)
    const threads = Array.from({ length: producers }, (_, number) => {
      const owner = number === 0 ? undefined : ring.takeOwner()
      const start = { memory, seed, number, owner, messages, flags, sums, firstSequence: FIRST_SEQUENCE }
      return ended(crew.start('sleeper-producer', start satisfies SleeperProducerInit))
    })
    await crew.during(Promise.all(threads))
    const called = caller && ended(caller)
    Atomics.store(flags, 1, 1)
    await crew.during(Promise.resolve(called))
    ring.close(1)
    const { received, rests, calls, ...found } = await crew.during(report)
    if (received.some((count) => count !== messages)) throw new Error(`${received.join(', ')} of ${messages} each`)
    if (found.sums.join() !== sums.join()) throw new Error('producers were given other numbers than their messages had')
    return { messages: messages * producers, rests, calls }
  } finally {
    await crew.dismiss()
  }
}
