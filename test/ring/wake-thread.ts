/** Thread for wake-up.test.ts: sleeps in one call, and reports how it woke up. */
import { parentPort, workerData } from 'node:worker_threads'
import { MessageProducer, MessageQueue, type ProducerPort } from '../../src/ring/index.ts'

const { port, role } = workerData as { readonly port: ProducerPort; readonly role: 'send' | 'receive' }

function outcome(): string {
  try {
    if (role === 'send') return `sent ${new MessageProducer(port).send(new Uint8Array(100), 20_000)}`
    return `received ${MessageQueue.attach(port.memory).receive(() => {}, 20_000)}`
  } catch (error) {
    return (error as { code: string }).code
  }
}

parentPort!.postMessage(outcome())
