import { type ChildProcess, fork } from 'node:child_process'
import type { Answer, Job, Results } from './job.ts'

const running = new Set<ChildProcess>()

/** A measurement that takes longer than this has hung. */
const JOB_MS_MAX = 300_000

/**
 * Does one measurement in a process of its own: no compiled code, heap or open file of an earlier one is left to help
 * or to hinder it.
 * @throws Error with the child's stack if the measurement failed
 */
export function measureAlone<K extends keyof Results>(job: Extract<Job, { kind: K }>): Promise<Results[K]> {
  const child = fork(new URL('./child.js', import.meta.url), { execArgv: [] })
  running.add(child)
  const late = setTimeout(() => child.kill('SIGKILL'), JOB_MS_MAX)
  child.send(job)
  return new Promise<Results[K]>((resolve, reject) => {
    child.once('message', (answer: Answer<K>) => {
      if ('result' in answer) resolve(answer.result)
      else reject(new Error(`${job.kind}: ${answer.failure}`))
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      running.delete(child)
      reject(new Error(`${job.kind}: the measuring process ended with ${signal ?? `code ${code}`} and no result`))
    })
  })
}

/** Ends what is running: for an interrupted benchmark. */
export function stopMeasuring(): void {
  for (const child of running) child.kill('SIGKILL')
}
