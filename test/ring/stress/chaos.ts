import { MessageQueue } from '../../../src/ring/index.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import type { ChaosProducerInit } from './chaos-producer.ts'
import type { ConsumerReport } from './consumer.ts'
import { Crew, ended, message } from './crew.ts'

export interface ChaosPlan {
  /** At most 4096. */
  readonly deaths: number
  /** Producers alive at a time. */
  readonly producers: number
  readonly capacity: number
  readonly seed: number
}

export interface ChaosResult {
  readonly messages: number
  /** Messages that a producer left half sent. */
  readonly lost: number
  readonly seconds: number
}

const LIFE_MS_MAX = 25

/** Kills producers at random moments and starts others in their place. @throws if an acknowledged message is missing */
export async function runChaos(plan: ChaosPlan): Promise<ChaosResult> {
  const { capacity, seed, deaths } = plan
  const firstSequence = 2 ** 32 - 1000
  const queue = MessageQueue.create({ capacity, startPosition: 2 ** 32 - 1000, firstSequence })
  const maxLength = Math.min(1024, queue.maxMessageBytes)
  const acknowledged = new Int32Array(new SharedArrayBuffer(4 * deaths))
  const random = new SeededRandom(seed)
  const crew = new Crew(60_000 + 500 * deaths, JSON.stringify(plan))
  let lives = 0

  async function live(life: number): Promise<void> {
    const port = queue.producerPort()
    const init = { port, seed, maxLength, life, acknowledged } satisfies ChaosProducerInit
    const worker = crew.start('chaos-producer', init)
    const end = ended(worker)
    while (Atomics.load(acknowledged, life) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await new Promise((resolve) => setTimeout(resolve, random.below(LIFE_MS_MAX)))
    void worker.terminate()
    await end
    queue.ring.revokeOwner(port.owner)
  }

  async function liveOn(): Promise<void> {
    while (lives < deaths) await live(lives++)
  }

  try {
    const consumer = crew.start('consumer', { memory: queue.memory, seed, maxLength, producers: deaths, firstSequence })
    const report = message<ConsumerReport>(consumer)
    await crew.during(Promise.all(Array.from({ length: plan.producers }, liveOn)))
    queue.close()
    return summary(await crew.during(report), acknowledged)
  } finally {
    await crew.dismiss()
  }
}

function summary(report: ConsumerReport, acknowledged: Int32Array): ChaosResult {
  const { received, lost, seconds } = report
  let messages = 0
  for (const [life, count] of received.entries()) {
    const promised = acknowledged[life]!
    messages += count
    // A life can end after its message was published and before the send returned.
    if (count < promised || count > promised + 1) throw new Error(`life ${life}: ${promised} sent, ${count} received`)
  }
  if (lost > received.length) throw new Error(`${lost} messages lost by ${received.length} deaths`)
  return { messages, lost, seconds }
}
