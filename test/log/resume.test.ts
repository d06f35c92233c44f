import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { type ResumeOptions, Wal } from '../../src/index.ts'
import { damageRecord, destroyHeader, logOf, lsnsOf, segmentPath } from './damaged-log.ts'

const OBSERVING = expect.objectContaining({ code: 'ERR_RINGWAL_OBSERVING' })

/** A log under observation for a damaged record. */
async function observed(): Promise<Wal> {
  const dir = await logOf(5)
  damageRecord(dir, 2)
  return Wal.open({ dir, observe: 'damage', segmentBytes: 65536 })
}

describe('resume', () => {
  it('is refused while the damage is there, and opens over it where that is wished', async () => {
    const wal = await observed()
    const { recovery } = wal
    await expect(wal.resume()).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', lostFrom: 2 })
    await expect(wal.resume({ recover: 'tail' })).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED' })
    expect(wal.recovery).toBe(recovery)
    expect(() => wal.append('x')).toThrowError(OBSERVING)
    const report = await wal.resume({ recover: 'skip-damaged' })
    expect(report).toMatchObject({ mode: 'skip-damaged', damage: [{ lostFrom: 2, lostTo: 2 }], observing: null })
    expect(wal.appendBatch(['six', 'seven'])).toBe(7)
    await wal.flush()
    expect(wal.durableLsn).toBe(7)
    await wal.close()
    expect(await lsnsOf(wal.dir)).toEqual([1, 3, 4, 5, 6, 7])
  })

  it('opens a log from which the damage has gone', async () => {
    const wal = await observed()
    const path = segmentPath(wal.dir)
    const bytes = readFileSync(path)
    bytes[4096 + 1040 + 500]! ^= 1
    writeFileSync(path, bytes)
    expect(await wal.resume({ recover: 'tail' })).toMatchObject({ damage: [], lastLsn: 5 })
    expect(await wal.appendDurable('six')).toBe(6)
    await wal.close()
  })

  it('can not help a log that needs repair', async () => {
    const dir = await logOf(5)
    destroyHeader(dir)
    await using wal = await Wal.open({ dir, observe: 'damage' })
    await expect(wal.resume({ recover: 'skip-damaged' })).rejects.toMatchObject({
      class: 'segment-header',
      message: expect.stringContaining('ringwal repair'),
    })
    expect(wal.stats().state).toBe('observing')
  })

  it('asked for twice at once is done once', async () => {
    const wal = await observed()
    const options: ResumeOptions = { recover: 'skip-damaged' }
    const [first, second] = await Promise.all([wal.resume(options), wal.resume(options)])
    expect(second).toBe(first)
    expect(await wal.appendDurable('six')).toBe(6)
    await wal.close()
  })

  it('lets other threads append too', async () => {
    const wal = await observed()
    await wal.resume({ recover: 'skip-damaged' })
    const port = wal.producer()
    const file = new URL('./producer-thread.js', import.meta.url)
    const worker = new Worker(file, { workerData: { port }, transferList: [port] })
    await once(worker, 'message')
    worker.postMessage('durable')
    expect(await once(worker, 'message')).toEqual([6])
    worker.postMessage('detach')
    await once(worker, 'exit')
    await wal.close()
    expect(await lsnsOf(wal.dir)).toEqual([1, 3, 4, 5, 6])
  })

  it('that is overtaken by close leaves a closed log, which can be opened again', async () => {
    const wal = await observed()
    const resumed = wal.resume({ recover: 'skip-damaged' })
    const closed = wal.close()
    expect(() => wal.append('x')).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }))
    await resumed
    expect(() => wal.append('x')).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }))
    await closed
    expect(wal.stats().state).toBe('closed')
    await expect(wal.resume()).rejects.toMatchObject({ code: 'ERR_RINGWAL_CLOSED' })
    const again = await Wal.open({ dir: wal.dir, recover: 'skip-damaged' })
    await again.close()
  })

  it.each([
    [{ recover: 'read-only' }, 'recover'],
    [{ recover: 'all' }, 'recover'],
    [{ mode: 'tail' }, 'mode'],
    [null, 'options'],
  ])('refuses %o', async (options, option) => {
    await using wal = await observed()
    await expect(wal.resume(options as unknown as ResumeOptions)).rejects.toMatchObject({
      code: 'ERR_RINGWAL_OPTION',
      option,
    })
  })
})
