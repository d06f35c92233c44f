import { MessageQueue } from '../../../src/ring/index.ts'
import type { ConsumerReport } from './consumer.ts'
import { Crew, ended, message } from './crew.ts'
import type { ProducerInit } from './producer.ts'

export interface StressPlan {
  readonly messages: number
  readonly producers: number
  readonly capacity: number
  readonly seed: number
  readonly startPosition: number
  readonly firstSequence: number
}

export interface StressResult {
  readonly messages: number
  readonly bytes: number
  readonly seconds: number
}

const LENGTH_MAX = 4096

/** Producers in threads of their own send, a consumer in another checks. @throws if anything is not as it should be */
export async function runStress(plan: StressPlan): Promise<StressResult> {
  const { capacity, seed, startPosition, firstSequence, producers } = plan
  const queue = MessageQueue.create({ capacity, startPosition, firstSequence })
  const maxLength = Math.min(LENGTH_MAX, queue.maxMessageBytes)
  const messages = Math.ceil(plan.messages / producers)
  const crew = new Crew(60_000 + plan.messages / 50, JSON.stringify(plan))
  try {
    const init = { memory: queue.memory, seed, maxLength, producers, firstSequence }
    const consumer = crew.start('consumer', init)
    const report = message<ConsumerReport>(consumer)
    const start = new Int32Array(new SharedArrayBuffer(8))
    const sequences = new Int32Array(new SharedArrayBuffer(4 + 4 * producers))
    sequences[0] = firstSequence - 1
    const threads = Array.from({ length: producers }, (_, number) => {
      const port = queue.producerPort()
      const plan = { port, seed, maxLength, number, messages, start, sequences } satisfies ProducerInit
      return ended(crew.start('producer', plan))
    })
    await crew.during(allReady(start, producers))
    Atomics.store(start, 0, 1)
    Atomics.notify(start, 0)
    await crew.during(Promise.all(threads))
    queue.close()
    return summary(await crew.during(report), sequences, messages)
  } finally {
    await crew.dismiss()
  }
}

async function allReady(start: Int32Array, producers: number): Promise<void> {
  while (Atomics.load(start, 1) < producers) await new Promise((resolve) => setTimeout(resolve, 1))
}

function summary(report: ConsumerReport, sequences: Int32Array, messages: number): StressResult {
  const { received, sums, lost, bytes, seconds } = report
  if (lost !== 0 || received.some((count) => count !== messages)) {
    throw new Error(`received ${received.join(', ')} of ${messages} each; ${lost} lost`)
  }
  const stray = sums.findIndex((sum, number) => sum !== sequences[number + 1])
  if (stray >= 0) throw new Error(`producer ${stray} was given other sequence numbers than its messages had`)
  return { messages: messages * received.length, bytes, seconds }
}
