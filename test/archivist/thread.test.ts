/** The thread of an archivist: what dies or hangs in it must not be the log's concern. */
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import type { RingwalError, Wal } from '../../src/index.ts'
import { append, archiveStats, expectArchived, openArchived, places, until } from './live-log.ts'

/** The thread of a log's archivist, which nobody but a test has a use for. */
function workerOf(wal: Wal): Worker {
  const { threads } = wal as unknown as { readonly threads: { readonly archive: { readonly worker: Worker } } }
  return threads.archive.worker
}

/** Ends the thread as an error in it would. */
async function kill(wal: Wal): Promise<void> {
  await workerOf(wal).terminate()
}

describe('the death of the archivist', () => {
  it('is told, costs the log nothing, and another one takes over', async () => {
    const where = places()
    const warnings: RingwalError[] = []
    const wal = await openArchived(where, {}, { onWarning: (error) => warnings.push(error as RingwalError) })
    const first = await append(wal, 300)
    await until(wal, ({ lastLsn }) => lastLsn === first)
    const { runs } = archiveStats(wal)
    await kill(wal)
    const second = await append(wal, 300)
    expect(archiveStats(wal)).toMatchObject({
      lastLsn: first,
      lagLsns: second - first,
      failures: 1,
      lastError: { code: 'ERR_RINGWAL_THREAD_DIED' },
    })
    expect(warnings).toMatchObject([{ code: 'ERR_RINGWAL_THREAD_DIED' }])
    const after = await until(wal, ({ lastLsn }) => lastLsn === second)
    expect(after.runs).toBeGreaterThan(runs)
    expect(after.lastError).toBeNull()
    await wal.close()
    await expectArchived(where, second)
  })

  it('right before the end does not keep the log from closing', async () => {
    const where = places()
    const wal = await openArchived(where, {}, { onWarning: () => {} })
    const lastLsn = await append(wal, 300)
    await until(wal, (stats) => stats.lastLsn === lastLsn)
    await kill(wal)
    await wal.close()
    await expectArchived(where, lastLsn)
  })
})

it('an archivist that hears nothing any more does not keep the log from closing', async () => {
  const where = places()
  const warnings: RingwalError[] = []
  const onWarning = (error: Error): void => void warnings.push(error as RingwalError)
  const wal = await openArchived(where, { closeMs: 200 }, { onWarning })
  await append(wal, 20)
  const worker = workerOf(wal)
  worker.postMessage = () => {}
  const began = performance.now()
  await wal.close()
  const tookMs = performance.now() - began
  expect(tookMs).toBeGreaterThan(1200)
  expect(tookMs).toBeLessThan(5000)
  expect(warnings).toMatchObject([{ code: 'ERR_RINGWAL_TIMEOUT' }])
  expect(archiveStats(wal)).toMatchObject({ failures: 1, lastError: { code: 'ERR_RINGWAL_TIMEOUT' } })
})
