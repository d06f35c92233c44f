/** A process to be killed. It starts ahead of need and waits for its order. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Wal } from '../../src/index.ts'
import { CrashProducer, fail, say } from './crash-producer.ts'
import type { VictimOrder } from './crash-protocol.ts'

const threads = Array.from({ length: Number(process.argv[2]) - 1 }, () => {
  const worker = new Worker(new URL('./victim-producer.js', import.meta.url))
  worker.on('error', fail)
  return worker
})
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
const [order] = (await once(process, 'message')) as [VictimOrder]
run(order).catch(fail)

async function run(order: VictimOrder): Promise<never> {
  const { dir, policy, everyMs, segmentBytes, spareSegments, ringBytes } = order
  const started = performance.now()
  const wal = await Wal.open({
    dir,
    sync: { policy, everyMs },
    segmentBytes,
    spareSegments,
    ringBytes,
    maxRecordBytes: 110_000,
  })
  say(`open ${wal.recovery.lastLsn} ${performance.now() - started}`)
  for (const [i, worker] of threads.entries()) {
    const port = wal.producer()
    worker.postMessage({ port, task: { producer: i + 1, order } }, [port])
  }
  say('begin')
  return new CrashProducer(wal, { producer: 0, order }).run()
}
