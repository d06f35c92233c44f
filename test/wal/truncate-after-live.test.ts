/** `wal.truncateAfter` of an open log on its real threads, and `truncateAfter` of a closed one. */
import { readdirSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { directoryTarget, restoreLog } from '../../src/archive/index.ts'
import { readWal, setPosition, truncateAfter, verifyLog, Wal, type WalOptions } from '../../src/index.ts'
import type { LogControl } from '../../src/wal/control.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

async function open(options: Partial<WalOptions> = {}): Promise<Wal> {
  const wal = await Wal.open({ dir: temporaryDirectory(), segmentBytes: 65_536, onWarning() {}, ...options })
  onTestFinished(() => wal.close().catch(() => {}))
  return wal
}

/** Appends texts that say when they were written, so many. */
async function append(wal: Wal, count: number, when: string): Promise<void> {
  for (let i = 0; i < count; i++) wal.append(`${when} ${'x'.repeat(500)}`)
  await wal.flush()
}

async function words(dir: string): Promise<string[]> {
  const found: string[] = []
  for await (const { lsn, value } of readWal(dir)) found[lsn - 1] = String(value).split(' ')[0]!
  return found
}

describe('an open log that is cut', () => {
  it('goes on behind the LSN with a higher epoch, and has other records there', async () => {
    const wal = await open()
    expect(wal.epoch).toBe(1)
    await append(wal, 400, 'old')
    await wal.checkpoint(100, Buffer.alloc(10))
    await wal.checkpoint(380, Buffer.alloc(10))
    const waiting = wal.durable(wal.append('late'))
    expect(await wal.truncateAfter(250, { epoch: 1 })).toEqual({ lastLsn: 250, givenUp: 151 })
    await waiting
    expect([wal.lastLsn, wal.durableLsn, wal.epoch]).toEqual([250, 250, 2])
    expect(wal.recovery).toMatchObject({ lastLsn: 250, clean: true, damage: [] })
    expect(wal.append('new x')).toBe(251)
    await append(wal, 99, 'new')
    expect(readdirSync(wal.dir).filter((name) => name.endsWith('.rwck'))).toHaveLength(1)
    expect(await words(wal.dir)).toEqual([...Array<string>(250).fill('old'), ...Array<string>(100).fill('new')])
    expect((await wal.truncateBefore(200)).segments).toBeGreaterThan(0)
    await wal.close()
    expect(await verifyLog(wal.dir)).toMatchObject({ ok: true, lastLsn: 350 })
  })

  it('can be cut again, to its very end too, each time with the epoch that it has by then', async () => {
    const wal = await open()
    await append(wal, 200, 'old')
    await wal.truncateAfter(150, { epoch: 1 })
    await expect(wal.truncateAfter(100, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_FENCED', epoch: 2 })
    expect(await wal.truncateAfter(150, { epoch: 2 })).toEqual({ lastLsn: 150, givenUp: 0 })
    await wal.truncateAfter(1, { epoch: 3 })
    await append(wal, 3, 'new')
    expect([wal.epoch, await words(wal.dir)]).toEqual([4, ['old', 'new', 'new', 'new']])
    await wal.close()
    const again = await open({ dir: wal.dir })
    expect(again.epoch).toBe(5)
  })

  it('refuses whoever appends meanwhile, and from other threads for good', async () => {
    const wal = await open()
    await append(wal, 50, 'old')
    const port = wal.producer()
    const other = Wal.attach(port)
    const cut = wal.truncateAfter(20, { epoch: 1 })
    await expect(wal.truncateAfter(10, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_CLOSED' })
    await cut
    expect(() => other.append('x')).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }))
    expect(wal.append('x')).toBe(21)
  })

  it('can be closed meanwhile', async () => {
    const wal = await open()
    await append(wal, 300, 'old')
    const cut = wal.truncateAfter(20, { epoch: 1 })
    await new Promise((resolve) => setTimeout(resolve, 3))
    await wal.close()
    await cut.catch(() => {})
    const { ok, lastLsn } = await verifyLog(wal.dir)
    expect(ok).toBe(true)
    expect([20, 300]).toContain(lastLsn)
  })

  it('keeps its holds, and the limits of its retention', async () => {
    const wal = await open({ retention: { maxSegments: 2, everyMs: 10 } })
    const hold = wal.hold(1)
    await append(wal, 400, 'old')
    hold.moveTo(150)
    await wal.truncateAfter(200, { epoch: 1 })
    await append(wal, 400, 'new')
    for (let i = 0; i < 500 && wal.stats().retentionHeldBy === null; i++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(wal.stats().retentionHeldBy).toBe('hold')
    expect((await wal.truncateBefore(0)).firstLsn).toBeLessThanOrEqual(150)
    hold.release()
  })
})

describe('a cut of an open log is refused', () => {
  it('for a position, a hold or an archive that is above it', async () => {
    const wal = await open()
    await append(wal, 100, 'old')
    const refused = (lsn: number, by: string): Promise<void> =>
      expect(wal.truncateAfter(lsn, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_NEEDED', by })
    await wal.setPosition('a', 60)
    await refused(59, 'position a')
    await wal.dropPosition('a')
    const hold = wal.hold(60)
    await refused(59, 'hold')
    hold.release()
    const { needs } = Reflect.get(wal, 'control') as LogControl
    needs.hasArchive = true
    needs.archivedLsn = 60
    await refused(59, 'archive')
    expect(await wal.truncateAfter(59, { epoch: 1, archive: 'diverge' })).toMatchObject({ lastLsn: 59 })
  })

  it('within a batch, after which it goes on as it was', async () => {
    const wal = await open()
    wal.appendBatch(['a', 'b', 'c'])
    await wal.flush()
    await expect(wal.truncateAfter(2, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_INPUT' })
    expect(wal.append('d')).toBe(4)
    await wal.flush()
    expect(await words(wal.dir)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('for what is no LSN of it, no epoch or no option', async () => {
    const wal = await open()
    await append(wal, 10, 'old')
    for (const lsn of [0, 11, 1.5, '3', undefined])
      await expect(wal.truncateAfter(lsn as number, { epoch: 1 })).rejects.toMatchObject({ option: 'lsn' })
    for (const options of [undefined, null, {}, { epoch: '1' }, { epoch: 1, archive: 'no' }, { epoch: 1, force: true }])
      await expect(wal.truncateAfter(5, options as never)).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION' })
    await wal.close()
    await expect(wal.truncateAfter(5, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_CLOSED' })
    const still = await Wal.open({ dir: wal.dir, recover: 'read-only' })
    await expect(still.truncateAfter(5, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_READ_ONLY' })
    await still.close()
  })
})

describe('a log with an archive', () => {
  it('is cut above what is archived, and goes on being archived as one history', async () => {
    const archive = { target: temporaryDirectory(), everyMs: 600_000, closeMs: 20_000 }
    const first = await open({ archive })
    await append(first, 60, 'old')
    await first.close()
    const wal = await open({ dir: first.dir, archive })
    // Until it is known how far it has come, and from then on below that.
    const refused = { code: 'ERR_RINGWAL_NEEDED', by: 'archive' }
    await expect(wal.truncateAfter(59, { epoch: 2 })).rejects.toMatchObject(refused)
    while (wal.stats().archive?.lastLsn !== 60) await new Promise((resolve) => setTimeout(resolve, 10))
    await append(wal, 20, 'lost')
    await expect(wal.truncateAfter(59, { epoch: 2 })).rejects.toMatchObject(refused)
    await wal.truncateAfter(70, { epoch: 2 })
    await append(wal, 30, 'new')
    await wal.close()
    const restored = temporaryDirectory()
    const report = await restoreLog(directoryTarget(archive.target), { output: `${restored}/log` })
    expect(report).toMatchObject({ firstLsn: 1, lastLsn: 100 })
    expect(await words(`${restored}/log`)).toEqual(await words(wal.dir))
    expect(await words(wal.dir)).toEqual([...repeat('old', 60), ...repeat('lost', 10), ...repeat('new', 30)])
  })
})

function repeat(word: string, count: number): string[] {
  return Array<string>(count).fill(word)
}

describe('a closed log', () => {
  it('is cut by whoever knows its epoch, and holds its lock', async () => {
    const wal = await open()
    await append(wal, 300, 'old')
    await expect(truncateAfter(wal.dir, 5, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED' })
    await wal.close()
    await setPosition(wal.dir, 'a', 100)
    await expect(truncateAfter(wal.dir, 99, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_NEEDED' })
    await expect(truncateAfter(wal.dir, 200, { epoch: 2 })).rejects.toMatchObject({
      code: 'ERR_RINGWAL_FENCED',
      epoch: 1,
    })
    expect(await truncateAfter(wal.dir, 200, { epoch: 1 })).toEqual({ lastLsn: 200, givenUp: 100 })
    expect(await verifyLog(wal.dir)).toMatchObject({ ok: true, lastLsn: 200, damage: [] })
    await expect(truncateAfter('/nowhere', 1, { epoch: 1 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    await expect(truncateAfter(temporaryDirectory(), 1, { epoch: 1 })).rejects.toMatchObject({
      code: 'ERR_RINGWAL_NOT_FOUND',
    })
  })
})
