import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { damageRecord, destroyHeader, logOf, lsnsOf, stateOf, tearTail } from './damaged-log.ts'

const READ_ONLY = { recover: 'read-only' } as const
const REFUSED = expect.objectContaining({ code: 'ERR_RINGWAL_READ_ONLY' })

describe('a log that is opened to be read only', () => {
  it('refuses all that would append, and lets everything else through', async () => {
    const dir = await logOf(5)
    const wal = await Wal.open({ dir, ...READ_ONLY })
    expect(() => wal.append('x')).toThrowError(REFUSED)
    expect(() => wal.appendBytes(new Uint8Array(1))).toThrowError(REFUSED)
    expect(() => wal.appendBatch(['x', 'y'])).toThrowError(REFUSED)
    expect(() => wal.appendBytesBatch([{ bytes: new Uint8Array(1) }])).toThrowError(REFUSED)
    await expect(wal.appendDurable('x')).rejects.toEqual(REFUSED)
    await expect(wal.ready()).rejects.toEqual(REFUSED)
    expect(() => wal.producer()).toThrowError(REFUSED)
    await expect(wal.resume()).rejects.toEqual(REFUSED)
    expect(wal.recovery).toMatchObject({ mode: 'read-only', clean: true, lastLsn: 5, damage: [], observing: null })
    expect(wal.stats()).toMatchObject({ state: 'read-only', lastLsn: 5, durableLsn: 5, ringBytes: 0, records: 0 })
    expect(await lsnsOf(wal)).toEqual([1, 2, 3, 4, 5])
    await wal.close()
    await wal.close()
    expect(wal.stats().state).toBe('closed')
    expect(() => wal.append('x')).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }))
  })

  it('says that durable is what the files prove, and of the rest that it can not know', async () => {
    const dir = await logOf(5)
    tearTail(dir, 4)
    await using wal = await Wal.open({ dir, ...READ_ONLY })
    expect(wal.recovery).toMatchObject({ lastLsn: 3, provenLsn: 0, tornTail: { fromLsn: 4 } })
    await expect(wal.durable(3)).rejects.toEqual(REFUSED)
    await expect(wal.flush()).rejects.toEqual(REFUSED)
    expect(() => wal.waitDurable(1, 1000)).toThrowError(REFUSED)
    await using whole = await Wal.open({ dir: await logOf(2), ...READ_ONLY })
    await whole.durable(2)
    await whole.flush()
    whole.waitDurable(2, 0)
    await expect(whole.durable(3)).rejects.toEqual(REFUSED)
  })

  it.each([
    ['a damaged record', (dir: string) => damageRecord(dir, 2), [1, 3, 4, 5], 'payload'],
    ['a header without a copy', destroyHeader, [1, 2, 3, 4, 5], 'segment-header'],
  ] as const)('reports %s and opens all the same, with not a byte changed', async (_, harm, readable, kind) => {
    const dir = await logOf(5)
    harm(dir)
    const before = stateOf(dir)
    const wal = await Wal.open({ dir, ...READ_ONLY })
    expect(wal.recovery.damage.map((one) => one.class)).toEqual([kind])
    expect(await lsnsOf(wal)).toEqual(readable)
    await wal.close()
    expect(stateOf(dir)).toEqual(before)
  })

  it('makes no directory and no lock: where no log is, it is refused', async () => {
    const dir = `${temporaryDirectory()}/none`
    await expect(Wal.open({ dir, ...READ_ONLY })).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    await expect(Wal.open({ dir, ...READ_ONLY, observe: 'damage' })).rejects.toMatchObject({ option: 'observe' })
  })

  it('is open beside a live writer, whose lock and work it does not touch', async () => {
    const dir = temporaryDirectory()
    await using writer = await Wal.open({ dir, segmentBytes: 65536, sync: { policy: 'always' } })
    const go = new AbortController()
    const work = (async () => {
      while (!go.signal.aborted) await writer.appendDurable('x'.repeat(100))
    })()
    for (let round = 0; round < 10; round++) {
      const durable = writer.durableLsn
      await using reader = await Wal.open({ dir, ...READ_ONLY })
      expect(reader.recovery.damage).toEqual([])
      expect(reader.recovery.lastLsn).toBeGreaterThanOrEqual(durable)
    }
    go.abort()
    await work
    expect(writer.stats().state).toBe('open')
  })
})
