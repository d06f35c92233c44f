import { type ChildProcess, fork } from 'node:child_process'
import { RingwalError } from '../../src/index.ts'
import type { Answer, Order } from './child.ts'
import type { PeerTimes } from './measure-peer.ts'

/** A measurement that takes longer than this has hung, as has a process that is still there so long after its answer. */
const JOB_MS_MAX = 300_000
const END_MS_MAX = 10_000

const running = new Set<ChildProcess>()

/**
 * Measures in a process of its own, and waits for its end.
 * @throws ERR_RINGWAL_INTERNAL with the process's own error if the measurement failed, or if it left something open
 */
export function measureAlone(order: Order): Promise<PeerTimes> {
  const child = fork(new URL('./child.js', import.meta.url), { execArgv: [] })
  running.add(child)
  child.send(order)
  let late = setTimeout(() => child.kill('SIGKILL'), JOB_MS_MAX)
  let answer: Answer | undefined
  return new Promise((resolve, reject) => {
    child.once('message', (message: Answer) => {
      answer = message
      clearTimeout(late)
      late = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      running.delete(child)
      if (answer !== undefined && 'failure' in answer) reject(failed(order, answer.failure))
      else if (answer === undefined) reject(failed(order, `ended with ${signal ?? `code ${code}`} and no result`))
      else if (signal !== null) reject(failed(order, `left something open, and was ended with ${signal}`))
      else resolve(answer.times)
    })
  })
}

function failed({ job }: Order, why: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INTERNAL', `${job.peer}, ${job.work}: ${why}`, { peer: job.peer })
}

/** Ends what is running: for an interrupted benchmark. */
export function stopPeers(): void {
  for (const child of running) child.kill('SIGKILL')
}
