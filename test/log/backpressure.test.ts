import { expect, it } from 'vitest'
import { RingwalError, verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const SMALL = { segmentBytes: 1 << 20, ringBytes: 65536, sync: { policy: 'always' } } as const

it('throws ERR_RINGWAL_FULL where that was chosen, takes the record again after ready(), and drops none', async () => {
  const wal = await Wal.open({ dir: temporaryDirectory(), ...SMALL, backpressure: 'error' })
  const payload = new Uint8Array(8000)
  let refused = 0
  for (let accepted = 0; accepted < 500; ) {
    try {
      const lsn = wal.appendBytes(payload)
      expect(lsn).toBe(++accepted)
    } catch (error) {
      if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_FULL') throw error
      refused++
      await wal.ready(payload.length)
    }
  }
  await wal.close()
  expect(refused).toBeGreaterThan(0)
  expect(await verifyLog(wal.dir)).toMatchObject({ ok: true, records: 500, lastLsn: 500 })
})

it('blocks for room where that was chosen, and takes every record', async () => {
  const wal = await Wal.open({ dir: temporaryDirectory(), ...SMALL })
  for (let i = 0; i < 500; i++) wal.appendBytes(new Uint8Array(8000))
  await wal.close()
  expect(await verifyLog(wal.dir)).toMatchObject({ ok: true, records: 500 })
})

it('finds room for the largest record in an empty ring', async () => {
  await using wal = await Wal.open({ dir: temporaryDirectory(), ...SMALL, maxRecordBytes: 32_000 })
  for (let i = 0; i < 5; i++) {
    await wal.ready()
    await wal.durable(wal.appendBytes(new Uint8Array(32_000)))
  }
})
