/** Thread: the writer of a log, whose so-manieth fdatasync does not end as it should. Its own data come with the deed. */
import fs from 'node:fs'
import { type MessagePort, workerData } from 'node:worker_threads'

export type WriterEnd = 'out of memory' | 'throw' | 'exit'

export interface FailingWriterData {
  readonly fails: { readonly how: WriterEnd; readonly at: number }
  readonly lifeline: MessagePort
}

const { how, at } = (workerData as FailingWriterData).fails
const sync = fs.fdatasyncSync
let count = 0
fs.fdatasyncSync = (file) => {
  if (++count === at) end()
  sync(file)
}
await import('../../workers/writer.js' as string)

function end(): void {
  if (how === 'throw') throw new TypeError('thrown by intent')
  if (how === 'exit') process.exit(0)
  const kept: unknown[] = []
  for (;;) kept.push(new Array(100_000).fill({}))
}
