import { MessageQueue } from '../../../src/ring/index.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import type { CloserInit } from './closer.ts'
import type { ClosingConsumerInit } from './closing-consumer.ts'
import type { ClosingProducerInit } from './closing-producer.ts'
import { Crew, ended, message } from './crew.ts'

export interface ClosingPlan {
  readonly rounds: number
  readonly producers: number
  readonly seed: number
}

/**
 * Closes one queue after another while producers send and a consumer receives.
 * @returns the messages received @throws if a send returned and its message is missing, or failed and it is there
 */
export async function runClosing(plan: ClosingPlan): Promise<number> {
  const { rounds, producers, seed } = plan
  const random = new SeededRandom(seed)
  const queues = Array.from({ length: rounds }, () => {
    return MessageQueue.create({ capacity: 4096, startPosition: 2 ** 32 - 8 * random.below(512) - 1 })
  })
  const memories = queues.map(({ memory }) => memory)
  const round = new Int32Array(new SharedArrayBuffer(4))
  const sent = new Int32Array(new SharedArrayBuffer(4 * rounds * producers))
  const crew = new Crew(60_000 + 100 * rounds, JSON.stringify(plan))
  try {
    const consumer = crew.start('closing-consumer', { memories, producers, round } satisfies ClosingConsumerInit)
    const report = message<Int32Array>(consumer)
    const threads = Array.from({ length: producers }, (_, number) => {
      const ports = queues.map((queue) => queue.producerPort())
      return ended(crew.start('closing-producer', { ports, number, producers, sent } satisfies ClosingProducerInit))
    })
    crew.start('closer', { memories, round, seed } satisfies CloserInit)
    await crew.during(Promise.all(threads))
    return compare(await crew.during(report), sent, producers)
  } finally {
    await crew.dismiss()
  }
}

function compare(received: Int32Array, sent: Int32Array, producers: number): number {
  const at = received.findIndex((count, index) => count !== sent[index])
  if (at < 0) return received.reduce((sum, count) => sum + count, 0)
  const where = `round ${Math.floor(at / producers)}, producer ${at % producers}`
  throw new Error(`${where}: ${sent[at]} sends returned, ${received[at]} messages received`)
}
