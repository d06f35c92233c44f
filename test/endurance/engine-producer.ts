/** The engine's second producer, in a thread of its own. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Wal } from '../../src/index.ts'
import { appendAtPace } from './pace.ts'
import { type EngineProducerOrder, fail } from './protocol.ts'

const { life, producer } = workerData as EngineProducerOrder
let isOver = false

parentPort!.once('message', (port: MessagePort) => {
  parentPort!.once('message', () => {
    isOver = true
  })
  run(port).catch(fail)
})

async function run(port: MessagePort): Promise<void> {
  const log = Wal.attach(port)
  await appendAtPace(log, life, producer, () => isOver)
  log.detach()
  parentPort!.close()
}
