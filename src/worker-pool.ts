import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { type ErrorRecord, errorFromRecord, errorToRecord } from './errors.ts'

/** What a thread of the pool sends back. Errors go as data: on the way between threads they would lose their facts. */
export type PoolReply<Result> = { readonly ok: Result } | { readonly error: ErrorRecord }

export type PoolRunner<Task, Result> = (task: Task) => Promise<Result>

const THREADS_DEFAULT_MAX = 8

/** Threads for work that is worth more than one: as many as there are cores, up to 8. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), THREADS_DEFAULT_MAX)
}

/**
 * Calls `use` with a runner on `threads` threads of their own, which are ended behind it. A task is a MiB of work or more:
 * handing it over costs some 26 µs.
 * @param worker name of a file in workers/, without its ending, whose default export answers by `poolReply`
 */
export async function withPool<Task, Result, T>(
  worker: string,
  threads: number,
  use: (run: PoolRunner<Task, Result>) => Promise<T>,
): Promise<T> {
  // Piscina takes the name of a worker's file as a string.
  const filename = new URL(`../workers/${worker}.js`, import.meta.url).href
  const pool = new Piscina<Task, PoolReply<Result>>({ filename, minThreads: threads, maxThreads: threads })
  try {
    return await use(async (task) => {
      const reply = await pool.run(task)
      if ('error' in reply) throw errorFromRecord(reply.error)
      return reply.ok
    })
  } finally {
    await pool.destroy()
  }
}

/** What a worker's default export returns for a task. */
export function poolReply<Result>(work: () => Result): PoolReply<Result> {
  try {
    return { ok: work() }
  } catch (error) {
    return { error: errorToRecord(error) }
  }
}
