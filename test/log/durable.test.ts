import { describe, expect, it } from 'vitest'
import { readWal, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

describe('an open log', () => {
  it('resolves durable under always and interval by itself, in whatever order it is asked', async () => {
    for (const policy of ['always', 'interval'] as const) {
      await using wal = await Wal.open({
        dir: temporaryDirectory(),
        segmentBytes: 65536,
        sync: { policy, everyMs: 20 },
      })
      const first = wal.append('a')
      const last = wal.append('b')
      const order: number[] = []
      await Promise.all([last, first].map((lsn) => wal.durable(lsn).then(() => order.push(lsn))))
      expect(order).toEqual([first, last])
      expect(wal.durableLsn).toBe(last)
      expect(await wal.appendDurable('c')).toBe(3)
      wal.waitDurable(3, 1)
    }
  })

  it('makes nothing durable under never until it is flushed, and says so in time', async () => {
    await using wal = await Wal.open({ dir: temporaryDirectory(), segmentBytes: 65536, sync: { policy: 'never' } })
    const lsn = wal.append('a')
    const refusal = { code: 'ERR_RINGWAL_TIMEOUT', lsn, timeoutMs: 60 }
    expect(() => wal.waitDurable(lsn, 60)).toThrow(expect.objectContaining(refusal))
    expect(wal.durableLsn).toBe(0)
    const durable = wal.durable(lsn)
    await wal.flush()
    await durable
    expect(wal.stats()).toMatchObject({ durableLsn: 1, syncs: 1, records: 1, batches: 1, state: 'open' })
  })

  it('takes nothing after close, which may be called again, and leaves all that it took', async () => {
    const wal = await Wal.open({ dir: temporaryDirectory(), segmentBytes: 65536, sync: { policy: 'never' } })
    for (let i = 0; i < 1000; i++) wal.append(i)
    const closing = wal.close()
    expect(() => wal.append('late')).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }))
    await Promise.all([closing, wal.close()])
    expect(wal.stats()).toMatchObject({ state: 'closed', durableLsn: 1000 })
    await wal.durable(1000)
    await expect(wal.durable(1001)).rejects.toMatchObject({ code: 'ERR_RINGWAL_CLOSED' })
    let count = 0
    for await (const { value } of readWal(wal.dir)) expect(value).toBe(count++)
    expect(count).toBe(1000)
  })

  it('keeps its codec setting: bigints come back as bigints, and another setting is refused', async () => {
    const dir = temporaryDirectory()
    const first = await Wal.open({ dir, segmentBytes: 65536, useBigInt64: true })
    first.append({ n: 2n ** 63n - 1n, small: 5 })
    await first.close()
    const refusal = { code: 'ERR_RINGWAL_OPTION', option: 'useBigInt64' }
    await expect(Wal.open({ dir, useBigInt64: false })).rejects.toMatchObject(refusal)
    const second = await Wal.open({ dir, segmentBytes: 65536 })
    expect(second.append({ n: 1n })).toBe(2)
    await second.close()
    const values: unknown[] = []
    for await (const { value } of readWal(dir)) values.push(value)
    expect(values).toEqual([{ n: 2n ** 63n - 1n, small: 5 }, { n: 1n }])
  })
})
