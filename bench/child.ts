/** The process that does one measurement: takes a job, sends back its result, ends. */
import { inspect } from 'node:util'
import { measureAppendCost } from './append-cost.ts'
import { measureBareStreams } from './disk.ts'
import { measureDurableLatency } from './durable-latency.ts'
import type { Answer, Job, Results } from './job.ts'
import { measureThroughput } from './throughput.ts'

process.once('message', (job: Job) => void answer(job))

async function answer(job: Job): Promise<void> {
  process.send!(await run(job), () => process.disconnect())
}

async function run(job: Job): Promise<Answer<keyof Results>> {
  try {
    return { result: await measure(job) }
  } catch (error) {
    return { failure: inspect(error) }
  }
}

async function measure(job: Job): Promise<Results[keyof Results]> {
  switch (job.kind) {
    case 'throughput':
      return measureThroughput(job)
    case 'append-cost':
      return measureAppendCost(job)
    case 'durable-latency':
      return measureDurableLatency(job)
    case 'bare-stream':
      return measureBareStreams(job)
  }
}
