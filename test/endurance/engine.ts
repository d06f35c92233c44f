/** One life of the soak's engine: two producers append, older segments are retired, until it is killed or told to close. */
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Wal } from '../../src/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { appendAtPace } from './pace.ts'
import { type EngineOrder, type EngineProducerOrder, fail, KEPT_RECORDS, SEGMENT_BYTES, say } from './protocol.ts'

const CUT_MS = 300
const order = JSON.parse(process.argv[2]!) as EngineOrder
let isOver = false

run().catch(fail)

async function run(): Promise<void> {
  const { dir, life, policy, spareSegments } = order
  const sync = { policy, everyMs: 20 }
  const sizes = { segmentBytes: SEGMENT_BYTES, ringBytes: 1 << 20, spareSegments }
  // Nothing stands in the way of its steward: a warning is a fault.
  const wal = await Wal.open({ dir, sync, ...sizes, onWarning: fail })
  const { firstLsn, lastLsn, tornTail } = wal.recovery
  say(`open ${firstLsn} ${lastLsn} ${tornTail === null ? 0 : 1}`)
  const port = wal.producer()
  const workerData: EngineProducerOrder = { life, producer: 1 }
  const worker = new Worker(new URL('./engine-producer.js', import.meta.url), { workerData })
  worker.on('error', fail)
  worker.postMessage(port, [port])
  // The soak ends the engine by the end of its input.
  process.stdin.resume().once('end', () => {
    isOver = true
  })
  await Promise.all([appendAtPace(wal, life, 0, () => isOver), retire(wal)])
  worker.postMessage('end')
  await once(worker, 'exit')
  await wal.close()
  say(`closed ${wal.durableLsn}`)
  process.exit(0)
}

async function retire(wal: Wal): Promise<void> {
  const random = new SeededRandom(order.seed * 1024 + order.life)
  while (!isOver) {
    await setTimeout(CUT_MS)
    const kept = random.chance(0.1) ? KEPT_RECORDS / 2 : KEPT_RECORDS
    const { segments, firstLsn } = await wal.truncateBefore(Math.max(0, wal.durableLsn - kept))
    if (segments > 0) say(`cut ${firstLsn}`)
  }
}
