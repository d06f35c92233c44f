import { Piscina } from 'piscina'
import { type ErrorRecord, errorFromRecord } from '../errors.ts'
import type { ChunkResult, ChunkRunner, ChunkTask } from './survey-plan.ts'

export type ChunkReply = { readonly ok: ChunkResult } | { readonly error: ErrorRecord }

/** Piscina takes the name of a worker's file as a string. */
const WORKER: string = new URL('../../workers/verifier.js', import.meta.url).href

/** Calls `use` with a runner on `threads` threads of their own, which are ended behind it. */
export async function withPool<T>(threads: number, use: (run: ChunkRunner) => Promise<T>): Promise<T> {
  const pool = new Piscina<ChunkTask, ChunkReply>({ filename: WORKER, minThreads: threads, maxThreads: threads })
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
