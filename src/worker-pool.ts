import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort, type ResourceLimits, type Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'
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
  const { pool, loaded } = await poolOf<Task, Result>(worker, threads)
  try {
    return await use(async (task) => resultOf(await pool.run(task)))
  } finally {
    await loaded
    await pool.destroy()
  }
}

/** One long task that has a thread to itself, and a port to talk to it. */
export interface PoolSession {
  readonly port: MessagePort
  /** Fulfilled when the task is done. Rejected with what it threw, or, if the thread died, with what the pool says of it. */
  readonly ended: Promise<void>
}

/** What such a task is given. */
export interface SessionTask<Init> {
  readonly port: MessagePort
  readonly init: Init
}

export type SessionOpener<Init> = (init: Init) => PoolSession

/**
 * Calls `use` with something that opens a session on a thread of its own, up to `threads` of them. The threads are ended
 * behind it: `use` has to see to it that the sessions have ended by then, or they are cut short.
 * @param worker as for `withPool`; its default export is called with a SessionTask, and answers by `poolReplyOf`
 */
export async function withSessions<Init, T>(
  worker: string,
  threads: number,
  use: (open: SessionOpener<Init>) => Promise<T>,
  resourceLimits: ResourceLimits = {},
): Promise<T> {
  const { pool, loaded } = await poolOf<SessionTask<Init>, void>(worker, threads, resourceLimits)
  try {
    return await use((init) => {
      const { port1, port2 } = new MessageChannel()
      return { port: port1, ended: pool.run({ port: port2, init }, { transferList: [port2] }).then(resultOf) }
    })
  } finally {
    await loaded
    await pool.destroy()
  }
}

/** Most who import ringwal start no such threads: Piscina is loaded when somebody does. */
async function poolOf<Task, Result>(
  worker: string,
  threads: number,
  resourceLimits: ResourceLimits = {},
): Promise<{ readonly pool: Piscina<Task, PoolReply<Result>>; readonly loaded: Promise<unknown> }> {
  const { Piscina } = await import('piscina')
  // Piscina takes the name of a worker's file as a string.
  const filename = new URL(`../workers/${worker}.js`, import.meta.url).href
  const pool = new Piscina<Task, PoolReply<Result>>({
    filename,
    minThreads: threads,
    maxThreads: threads,
    resourceLimits,
  })
  return { pool, loaded: Promise.all(pool.threads.map(whenLoaded)) }
}

/**
 * Resolves once a thread has loaded its code, of which it sends word before anything else, or has ended. Piscina loads it by
 * `require`, and Node 20.20 aborts the whole process if a thread is ended while it does that for an ES module.
 */
function whenLoaded(thread: Worker): Promise<unknown> {
  return new Promise((resolve) => {
    thread.once('message', resolve)
    thread.once('exit', resolve)
  })
}

function resultOf<Result>(reply: PoolReply<Result>): Result {
  if ('error' in reply) throw errorFromRecord(reply.error)
  return reply.ok
}

/** What a worker's default export returns for a task. */
export function poolReply<Result>(work: () => Result): PoolReply<Result> {
  try {
    return { ok: work() }
  } catch (error) {
    return { error: errorToRecord(error) }
  }
}

/** The same, for one that goes on for a while. */
export async function poolReplyOf<Result>(work: Promise<Result>): Promise<PoolReply<Result>> {
  try {
    return { ok: await work }
  } catch (error) {
    return { error: errorToRecord(error) }
  }
}
