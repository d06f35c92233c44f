/** Thread: appends batches until it is killed, and keeps in shared memory how many records it was given LSNs for. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Wal } from '../../src/index.ts'
import { BATCH } from './doomed-batch.ts'

const { port, life, appended } = workerData as { port: MessagePort; life: number; appended: Int32Array }
const wal = Wal.attach(port)
const batch = Array.from({ length: BATCH }, () => ({ bytes: new Uint8Array(64), type: 1, key: life }))
const views = batch.map(({ bytes }) => new DataView(bytes.buffer))
parentPort!.postMessage('begun')
for (let count = 0; ; ) {
  for (const view of views) view.setInt32(0, count++)
  wal.appendBytesBatch(batch)
  Atomics.store(appended, life, count)
}
