/** One more thread that appends: practises, says so, waits at the gate, appends its share, and says what a record cost it. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Wal } from '../../src/index.ts'
import type { Encoding } from '../result.ts'
import { loadOf } from './load.ts'

export interface ProducerTask {
  /** From `wal.producer()`. */
  readonly port: MessagePort
  readonly encoding: Encoding
  readonly size: number
  readonly practice: number
  readonly records: number
  /** 1 when it is open. */
  readonly gate: Int32Array<SharedArrayBuffer>
}

const task = workerData as ProducerTask
const log = Wal.attach(task.port)
const load = loadOf(task)
load.appendMany(log, task.practice)
await log.flush()
parentPort!.postMessage('ready')
Atomics.wait(task.gate, 0, 0)
const started = performance.now()
load.appendMany(log, task.records)
const ns = ((performance.now() - started) * 1e6) / task.records
await log.flush()
log.detach()
parentPort!.postMessage(ns)
