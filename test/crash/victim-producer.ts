/** A further producer thread of a victim: loaded ahead, it begins when it gets its port. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import { Wal } from '../../src/index.ts'
import { CrashProducer, fail } from './crash-producer.ts'
import type { ProducerOrder } from './crash-protocol.ts'

parentPort!.once('message', ({ port, task }: { port: MessagePort; task: ProducerOrder }) => {
  new CrashProducer(Wal.attach(port), task).run().catch(fail)
})
