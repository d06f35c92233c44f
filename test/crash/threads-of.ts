import type { Worker } from 'node:worker_threads'
import type { Wal } from '../../src/index.ts'

/** The threads of an open log, which nobody but a test that kills them has a use for. */
export function threadsOf(wal: Wal): { readonly writer: Worker; readonly steward: Worker } {
  return (wal as unknown as { readonly threads: { readonly writer: Worker; readonly steward: Worker } }).threads
}
