/** Which threads of this process live: to see that none outlives what started it. */
import type { Worker } from 'node:worker_threads'

const threads = new Set<Worker>()
let started = 0

process.on('worker', (thread) => {
  started++
  threads.add(thread)
  thread.once('exit', () => threads.delete(thread))
})

/** Threads that have not ended, and all that were ever started. */
export function threadCounts(): { readonly alive: number; readonly started: number } {
  return { alive: threads.size, started }
}
