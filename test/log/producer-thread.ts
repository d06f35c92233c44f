/** Thread: appends what it is asked to, and tells each LSN; detaches at the end. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Wal } from '../../src/index.ts'

const wal = Wal.attach((workerData as { port: MessagePort }).port)
parentPort!.on('message', async (order: 'append' | 'durable' | 'detach') => {
  if (order === 'append') parentPort!.postMessage(wal.append('from the thread'))
  if (order === 'durable') parentPort!.postMessage(await wal.appendDurable('from the thread'))
  if (order === 'detach') {
    wal.detach()
    parentPort!.postMessage(refusal())
    parentPort!.close()
  }
})
parentPort!.postMessage('ready')

function refusal(): unknown {
  try {
    return wal.append('too late')
  } catch (error) {
    return (error as { code?: string }).code
  }
}
