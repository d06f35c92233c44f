/** Thread: appends, in small batches too, until it is killed or the log refuses; then tells why. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type RingwalError, Wal } from '../../src/index.ts'

const { port } = workerData as { port: MessagePort }
const wal = Wal.attach(port)
const bytes = new Uint8Array(500)
try {
  wal.appendBytes(bytes)
  parentPort!.postMessage('begun')
  for (;;) wal.appendBytes(bytes)
} catch (error) {
  parentPort!.postMessage((error as RingwalError).code)
}
