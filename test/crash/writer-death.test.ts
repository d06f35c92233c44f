import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { readWal, verifyLog, Wal, type WalOptions } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { threadsOf } from './threads-of.ts'

/** Shorter than the default, longer than anything here may take. */
const WAIT_MS = 20_000
const DIED = expect.objectContaining({ code: 'ERR_RINGWAL_WRITER_DIED' })
const BYTES = new Uint8Array(1000)

function open(options: Partial<WalOptions> = {}): Promise<Wal> {
  return Wal.open({ dir: temporaryDirectory(), segmentBytes: 1 << 20, ringBytes: 65_536, waitMs: WAIT_MS, ...options })
}

function killWriter(wal: Wal): Promise<number> {
  return threadsOf(wal).writer.terminate()
}

async function lsnsOf(dir: string): Promise<number[]> {
  const lsns: number[] = []
  for await (const entry of readWal(dir)) lsns.push(entry.lsn)
  return lsns
}

describe('when the writer thread dies', () => {
  it('every promise of durability that waits is rejected', async () => {
    const wal = await open({ sync: { policy: 'never' } })
    const lsns = Array.from({ length: 10 }, () => wal.appendBytes(BYTES))
    const waits = Promise.allSettled(lsns.map((lsn) => wal.durable(lsn)))
    await killWriter(wal)
    const results = await waits
    expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual(
      lsns.map(() => 'ERR_RINGWAL_WRITER_DIED'),
    )
    expect(wal.stats().state).toBe('poisoned')
    await expect(wal.durable(lsns[0]!)).rejects.toEqual(DIED)
    expect(() => wal.waitDurable(lsns[0]!, 1000)).toThrowError(DIED)
    await expect(wal.close()).rejects.toEqual(DIED)
  })

  it('they are rejected too if the log is closed at the same moment', async () => {
    const wal = await open({ sync: { policy: 'never' } })
    const wait = wal.durable(wal.appendBytes(BYTES)).catch((error: unknown) => error)
    void killWriter(wal)
    const closed = await wal.close().catch((error: unknown) => error)
    const told = await wait
    // The writer may have been quick enough to sync, or even to close the log.
    expect(told === undefined).toBe(wal.durableLsn === 1)
    if (told !== undefined) expect([told, closed]).toEqual([DIED, DIED])
  })

  it('a thread that appends is woken from a full ring with an error', async () => {
    const wal = await open()
    void killWriter(wal)
    const started = performance.now()
    expect(() => {
      for (;;) wal.appendBytes(BYTES)
    }).toThrowError(DIED)
    expect(performance.now() - started).toBeLessThan(WAIT_MS / 2)
    await expect(wal.close()).rejects.toEqual(DIED)
  })

  it('producers in other threads are woken, each with the error', async () => {
    const wal = await open({ sync: { policy: 'always' } })
    const workers = Array.from({ length: 3 }, () => {
      const port = wal.producer()
      return new Worker(new URL('./endless-producer.js', import.meta.url), {
        workerData: { port },
        transferList: [port],
      })
    })
    await Promise.all(workers.map((worker) => once(worker, 'message')))
    const ends = workers.map((worker) => once(worker, 'message'))
    await killWriter(wal)
    const codes = (await Promise.all(ends)).map(([message]) => message as unknown)
    expect(codes).toEqual(['ERR_RINGWAL_WRITER_DIED', 'ERR_RINGWAL_WRITER_DIED', 'ERR_RINGWAL_WRITER_DIED'])
    await expect(wal.close()).rejects.toEqual(DIED)
  })

  it('close ends and gives the lock back; reopened, the log holds all that was durable and goes on', async () => {
    const wal = await open({ sync: { policy: 'always' } })
    const { dir } = wal
    for (let i = 0; i < 500; i++) wal.appendBytes(BYTES)
    const durable = await wal.appendDurable('the last that is durable')
    for (let i = 0; i < 20; i++) wal.appendBytes(BYTES)
    await killWriter(wal)
    await expect(wal.close()).rejects.toEqual(DIED)
    await expect(wal.close()).rejects.toEqual(DIED)

    const again = await Wal.open({ dir })
    expect(again.recovery).toMatchObject({ clean: false, damage: [] })
    expect(again.recovery.lastLsn).toBeGreaterThanOrEqual(durable)
    const next = await again.appendDurable('the next')
    expect(next).toBe(again.recovery.lastLsn + 1)
    await again.close()
    expect(await lsnsOf(dir)).toEqual(Array.from({ length: next }, (_, i) => i + 1))
    expect((await verifyLog(dir)).ok).toBe(true)
  })
})
