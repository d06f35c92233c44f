import { type ChildProcess, fork } from 'node:child_process'
import { RingwalError } from '../../src/errors.ts'
import type { Answer, Job, Results } from './job.ts'

const running = new Set<ChildProcess>()

/** A measurement that takes longer than this has hung. */
const JOB_MS_MAX = 300_000

/**
 * Does one measurement in a process of its own: no compiled code, heap or open file of an earlier one is left to help
 * or to hinder it.
 * @param msMax after which it is given up
 * @throws ERR_RINGWAL_INTERNAL with the child's stack if the measurement failed
 */
export function measureAlone<K extends keyof Results>(
  job: Extract<Job, { kind: K }>,
  msMax: number = JOB_MS_MAX,
): Promise<Results[K]> {
  const child = start(job)
  const late = setTimeout(() => child.kill('SIGKILL'), msMax)
  return new Promise<Results[K]>((resolve, reject) => {
    child.once('message', (answer: Answer<K>) => {
      if ('failure' in answer) reject(failed(job, answer.failure))
      else resolve(answer.result)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      reject(failed(job, `the measuring process ended with ${signal ?? `code ${code}`} and no result`))
    })
  })
}

/** Lets a process work until it has sent its first message and `ms` longer, and kills it where it stands. */
export async function killAtWork(job: Extract<Job, { kind: 'victim' }>, ms: number): Promise<void> {
  const child = start(job)
  return new Promise((resolve, reject) => {
    let failure = 'the process ended before it was killed'
    child.once('error', reject)
    child.once('message', (answer: Answer<'victim'>) => {
      if ('failure' in answer) failure = answer.failure
      else setTimeout(() => child.kill('SIGKILL'), ms)
    })
    child.once('exit', (_, signal) => {
      if (signal === 'SIGKILL') resolve()
      else reject(failed(job, failure))
    })
  })
}

/** Ends what is running: for an interrupted benchmark. */
export function stopMeasuring(): void {
  for (const child of running) child.kill('SIGKILL')
}

function start(job: Job): ChildProcess {
  const child = fork(new URL('./child.js', import.meta.url), { execArgv: [] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.send(job)
  return child
}

function failed(job: Job, why: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INTERNAL', `${job.kind}: ${why}`, { measurement: job.kind })
}
