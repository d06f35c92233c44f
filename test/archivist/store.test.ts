/** An open log whose archive is in an S3 store, well and ill. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openTarget, restoreLog, type S3Spec, verifyArchive } from '../../src/archive/index.ts'
import type { RingwalError } from '../../src/index.ts'
import { s3Store } from '../archive/s3-store.ts'
import { append, archiveStats, openArchived, type Places, places, until } from './live-log.ts'

async function expectStored({ home }: Places, spec: S3Spec, lastLsn: number): Promise<void> {
  const target = await openTarget(spec)
  expect(await verifyArchive(target)).toMatchObject({ ok: true })
  const output = join(home, 'restored')
  expect(await restoreLog(target, { output })).toMatchObject({ firstLsn: 1, lastLsn, reached: true, complete: true })
}

it('it is archived there, and restored from there', async () => {
  const [store, where] = [await s3Store(), places()]
  const target = store.spec('logs/wal')
  const wal = await openArchived(where, { target, compress: true })
  for (let i = 0; i < 5; i++) await append(wal, 200)
  await until(wal, ({ lastLsn }) => lastLsn === 1000)
  await append(wal, 50)
  await wal.close()
  expect(archiveStats(wal)).toMatchObject({ lastLsn: 1050, failures: 0, lastError: null })
  await expectStored(where, target, 1050)
})

it('a store that refuses for a while gets all that it is owed', async () => {
  const [store, where] = [await s3Store(), places()]
  const target = store.spec('logs/wal', { attempts: 1 })
  store.faults.plan({ kind: 'refuse', operation: 'PutObject', status: 503, code: 'SlowDown', after: 1, times: 2 })
  const wal = await openArchived(where, { target }, { onWarning: () => {} })
  await append(wal, 500)
  expect((await until(wal, ({ failures }) => failures > 0)).lastError?.code).toBe('ERR_RINGWAL_IO')
  await append(wal, 500)
  await until(wal, ({ lastLsn }) => lastLsn === 1000)
  expect(archiveStats(wal)).toMatchObject({ failures: 2, gaps: 0, lastError: null })
  await wal.close()
  await expectStored(where, target, 1000)
})

it.each(['ListObjectsV2', 'PutObject'] as const)(
  'a store that never answers to %s is given up, and the log closes in time',
  async (operation) => {
    const [store, where] = [await s3Store(), places()]
    store.faults.plan({ kind: 'hang', operation, times: 1000 })
    const warnings: RingwalError[] = []
    const onWarning = (error: Error): void => void warnings.push(error as RingwalError)
    const patience = { target: store.spec('logs/wal'), timeoutMs: 300, closeMs: 500 }
    const wal = await openArchived(where, patience, { onWarning })
    await append(wal, 300)
    const { lastError } = await until(wal, ({ failures }) => failures > 0)
    expect(lastError).toMatchObject({ code: 'ERR_RINGWAL_TIMEOUT' })
    await append(wal, 300)
    const began = performance.now()
    await wal.close()
    expect(performance.now() - began).toBeLessThan(3000)
    expect(warnings.at(-1)).toMatchObject({ code: 'ERR_RINGWAL_TIMEOUT' })
    expect(wal.stats().state).toBe('closed')
  },
)
