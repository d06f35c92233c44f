import { describe, expect, it } from 'vitest'
import { readWal, Wal, type WalOptions } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { threadsOf } from './threads-of.ts'

/** Two of them fill a segment, so that the writer is often at the steward's door. */
const BYTES = new Uint8Array(30_000)
const DIED = expect.objectContaining({ code: 'ERR_RINGWAL_WRITER_DIED', message: expect.stringContaining('steward') })

function open(options: Partial<WalOptions> = {}): Promise<Wal> {
  return Wal.open({ dir: temporaryDirectory(), segmentBytes: 65_536, ...options })
}

/** Without a steward nobody would notice the death of the other threads: the log must not go on. */
describe('when the steward thread dies', () => {
  it('the log is poisoned: promises are rejected, appends refused, and close ends', async () => {
    const wal = await open({ sync: { policy: 'never' } })
    const wait = wal.durable(wal.appendBytes(BYTES))
    const refused = expect(wait).rejects.toEqual(DIED)
    await threadsOf(wal).steward.terminate()
    await refused
    expect(() => wal.appendBytes(BYTES)).toThrowError(DIED)
    await expect(wal.close()).rejects.toEqual(DIED)
  })

  it('at whatever moment of its work, the log can be closed and opened again with all that was durable', async () => {
    const wal = await open()
    const { dir } = wal
    await wal.close()
    for (let round = 0; round < 30; round++) {
      const wal = await Wal.open({ dir, segmentBytes: 65_536, sync: { policy: 'always' }, spareSegments: 4 })
      const before = wal.recovery.lastLsn
      let durable = 0
      void (async () => {
        for (;;) durable = await wal.appendDurable(BYTES)
      })().catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, round / 2))
      await threadsOf(wal).steward.terminate()
      await expect(wal.close()).rejects.toEqual(DIED)
      expect(durable === 0 || durable > before).toBe(true)
      let last = 0
      for await (const entry of readWal(dir)) expect(entry.lsn).toBe(++last)
      expect(last).toBeGreaterThanOrEqual(durable)
    }
  })
})
