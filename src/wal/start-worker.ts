import { type MessagePort, Worker } from 'node:worker_threads'
import type { ArchivistInit, ExaminerInit, StewardInit, WriterInit } from './protocol.ts'

/** What each of a log's threads is started with, by the name of its file in `workers`. */
interface Inits {
  readonly writer: WriterInit
  readonly steward: StewardInit
  readonly examiner: ExaminerInit
  readonly archivist: ArchivistInit
}

export function startWorker<Name extends keyof Inits>(
  name: Name,
  workerData: Inits[Name],
  transferList: MessagePort[] = [],
): Worker {
  const file = new URL(`../../workers/${name}.js`, import.meta.url)
  return new Worker(file, { workerData, transferList, name: `ringwal-${name}`, execArgv: [] })
}
