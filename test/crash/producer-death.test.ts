import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { readWal, verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { BATCH } from './doomed-batch.ts'

const DEATHS = 200
const BUDGET_MS = 10_000
const AT_ONCE = 3

describe('a producer thread that is killed while it appends', () => {
  it('leaves nothing but whole appends and tombstones, over and over, and the log goes on', async () => {
    const dir = temporaryDirectory()
    const wal = await Wal.open({
      dir,
      segmentBytes: 1 << 20,
      ringBytes: 1 << 18,
      sync: { policy: 'interval', everyMs: 5 },
    })
    const appended = new Int32Array(new SharedArrayBuffer(4 * (DEATHS + 1)))
    const random = new SeededRandom(1)
    const started = performance.now()
    let lives = 0
    const live = async (): Promise<void> => {
      while (lives < DEATHS && performance.now() - started < BUDGET_MS) {
        const life = ++lives
        const port = wal.producer()
        const worker = new Worker(new URL('./doomed-producer.js', import.meta.url), {
          workerData: { port, life, appended },
          transferList: [port],
        })
        await once(worker, 'message')
        await setTimeout(random.below(6))
        await worker.terminate()
        await wal.appendDurable(life)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, live))
    const { lastLsn } = wal
    await wal.close()

    const counts = new Int32Array(DEATHS + 1)
    let lostBatches = 0
    let last = 0
    for await (const { lsn, key, bytes, type } of readWal(dir)) {
      const lost = lsn - last - 1
      if (lost < 0 || lost % BATCH !== 0) throw new Error(`LSN ${lsn} follows LSN ${last}`)
      lostBatches += lost / BATCH
      last = lsn
      if (type === 0) continue
      const counter = new DataView(bytes.buffer).getInt32(0)
      if (counter !== counts[key]) throw new Error(`LSN ${lsn}: life ${key} tells ${counter} after ${counts[key]}`)
      counts[key] = counter + 1
    }
    expect(last).toBeGreaterThanOrEqual(lastLsn)
    for (let life = 1; life <= lives; life++) expect(counts[life]).toBeGreaterThanOrEqual(appended[life]!)
    expect(lostBatches).toBeLessThanOrEqual(lives)
    expect(lives).toBeGreaterThan(10)
    // About every second death hits between claim and publish: without any the test would show nothing.
    expect(lostBatches).toBeGreaterThan(0)
    expect(await verifyLog(dir)).toMatchObject({ ok: true, tornTail: null })
  })
})
