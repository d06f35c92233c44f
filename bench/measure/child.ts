/** The process that does one measurement: takes a job, sends back its result, ends. */
import { inspect } from 'node:util'
import type { Answer, Job, Results } from './job.ts'

type Measures = { readonly [K in keyof Results]: (job: Extract<Job, { kind: K }>) => Promise<Results[K]> }

/** Each loads its own code alone: what others need would cost every process its start, and memory. */
const MEASURES: Measures = {
  throughput: async (job) => (await import('./throughput.ts')).measureThroughput(job),
  'append-cost': async (job) => (await import('./append-cost.ts')).measureAppendCost(job),
  'durable-latency': async (job) => (await import('./durable-latency.ts')).measureDurableLatency(job),
  callers: async (job) => (await import('./callers.ts')).measureCallers(job),
  'open-loop': async (job) => (await import('./open-loop.ts')).measureOpenLoop(job),
  'bare-stream': async (job) => (await import('./bare-stream.ts')).measureBareStreams(job),
  'bare-disk': async (job) => (await import('./bare-disk.ts')).measureBareDisk(job),
  lifetime: async (job) => (await import('./lifetime.ts')).measureLifetime(job),
  'make-log': async (job) => (await import('./make-log.ts')).makeLog(job),
  'make-events': async (job) => (await import('./make-log.ts')).makeEvents(job),
  reading: async (job) => (await import('./reading.ts')).measureReading(job),
  opening: async (job) => (await import('./opening.ts')).measureOpening(job),
  victim: async (job) => (await import('./opening.ts')).appendUntilKilled(job, () => send({ result: undefined })),
  micro: async (job) => (await import('./micro.ts')).measureMicro(job),
}

process.once('message', (job: Job) => void answer(job))

async function answer(job: Job): Promise<void> {
  send(await run(job), () => process.disconnect())
}

async function run(job: Job): Promise<Answer<keyof Results>> {
  try {
    const measure = MEASURES[job.kind] as (job: Job) => Promise<Results[keyof Results]>
    return { result: await measure(job) }
  } catch (error) {
    return { failure: inspect(error) }
  }
}

function send(answer: Answer<keyof Results>, done: () => void = () => {}): void {
  process.send!(answer, done)
}
