/** `wal.truncateBefore` of an open log, on its real threads and a real disk. */
import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readWal, type TruncateReport, verifyLog, Wal, type WalOptions } from '../../src/index.ts'
import { threadsOf } from '../crash/threads-of.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const SEGMENT_BYTES = 1 << 20
const RECORD_BYTES = 4000

function open(options: Partial<WalOptions> = {}): Promise<Wal> {
  return Wal.open({ dir: temporaryDirectory(), segmentBytes: SEGMENT_BYTES, sync: { policy: 'never' }, ...options })
}

/** Appends records that hold their LSN, and makes them durable. */
async function append(wal: Wal, count: number): Promise<void> {
  const record = Buffer.alloc(RECORD_BYTES)
  for (let i = 0; i < count; i++) {
    record.writeDoubleLE(wal.lastLsn + 1)
    wal.appendBytes(record)
  }
  await wal.flush()
}

async function readLsns(dir: string): Promise<number[]> {
  const lsns: number[] = []
  for await (const { lsn, bytes } of readWal(dir)) {
    expect(Buffer.from(bytes).readDoubleLE()).toBe(lsn)
    lsns.push(lsn)
  }
  return lsns
}

function expectRow(lsns: readonly number[], first: number, last: number): void {
  expect([lsns[0], lsns.at(-1), lsns.length]).toEqual([first, last, last - first + 1])
}

describe('a log that is truncated as it grows', () => {
  it('takes bounded space, in the same files again and again, and keeps all that was not given up', async () => {
    const wal = await open()
    const { dir } = wal
    const segmentsOf = new Map<number, Set<string>>()
    let reports = { segments: 0, recycled: 0 }
    for (let round = 0; round < 30; round++) {
      await append(wal, 300)
      const { segments, recycled, firstLsn } = await wal.truncateBefore(wal.durableLsn - 100)
      reports = { segments: reports.segments + segments, recycled: reports.recycled + recycled }
      expect(firstLsn).toBeLessThanOrEqual(Math.max(1, wal.durableLsn - 100))
      const files = readdirSync(dir).filter((name) => !name.startsWith('LOCK'))
      expect(files.length).toBeLessThanOrEqual(5)
      for (const name of files.filter((name) => name.endsWith('.rwal'))) {
        const { ino } = statSync(join(dir, name))
        segmentsOf.set(ino, (segmentsOf.get(ino) ?? new Set()).add(name))
      }
    }
    expect(Math.max(...[...segmentsOf.values()].map(({ size }) => size))).toBeGreaterThan(5)
    expect(reports.recycled).toBeGreaterThan(reports.segments / 2)
    expect(wal.stats()).toMatchObject({ retiredSegments: reports.segments, spareError: null })
    expect(wal.stats().recycledSegments).toBeGreaterThan(10)
    expect(wal.stats().spareFiles).toBeLessThanOrEqual(2)
    const last = wal.durableLsn
    const { firstLsn } = await wal.truncateBefore(0)
    expectRow(await readLsns(dir), firstLsn, last)
    await wal.close()
    expect(await verifyLog(dir)).toMatchObject({ ok: true, firstLsn, lastLsn: last, tornTail: null })
    expect(readdirSync(dir).filter((name) => name.startsWith('recycled'))).toEqual([])
    await using again = await open({ dir })
    expect(again.recovery).toMatchObject({ firstLsn, lastLsn: last, clean: true, damage: [] })
  })

  it('is read, followed and verified meanwhile without a sign of damage', async () => {
    const wal = await open({ spareSegments: 2 })
    const { dir } = wal
    await append(wal, 1500)
    const signal = new AbortController()
    const retired: unknown[] = []
    const tolerate = (error: unknown): void => {
      if ((error as { code?: string }).code !== 'ERR_RINGWAL_RETIRED') throw error
      retired.push(error)
    }
    const again = async (read: () => Promise<void>): Promise<void> => {
      while (!signal.signal.aborted) {
        await read().catch(tolerate)
        // A small log is read in one turn of the event loop, which the others need too.
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const work = Promise.all([
      again(async () => void (await readLsns(dir))),
      again(async () => {
        const { ok, damage, firstLsn, records, lastLsn } = await verifyLog(dir)
        expect(damage).toEqual([])
        expect(ok).toBe(true)
        expect(records).toBe(lastLsn - firstLsn + 1)
      }),
      again(async () => {
        let next = 0
        for await (const { lsn } of readWal(dir, { follow: true, signal: signal.signal })) {
          if (next !== 0) expect(lsn).toBe(next)
          next = lsn + 1
        }
      }),
    ])
    for (let round = 0; round < 60; round++) {
      await append(wal, 200)
      await wal.truncateBefore(wal.durableLsn - 600)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    signal.abort()
    await work
    await wal.close()
    expect((await verifyLog(dir)).ok).toBe(true)
  })

  it('answers several calls in their order', async () => {
    await using wal = await open()
    await append(wal, 1500)
    const reports = await Promise.all([600, 300, 1501].map((lsn) => wal.truncateBefore(lsn)))
    expect(reports.map(({ segments }) => segments > 0)).toEqual([true, false, true])
    expect(reports[2]!.firstLsn).toBeGreaterThan(reports[0]!.firstLsn)
  })
})

describe('truncateBefore refuses', () => {
  it.each([-1, 0.5, Number.NaN, '3', undefined, 12])('%s as an LSN, with what is allowed', async (lsn) => {
    await using wal = await open()
    await append(wal, 10)
    await expect(wal.truncateBefore(lsn as number)).rejects.toMatchObject({
      code: 'ERR_RINGWAL_OPTION',
      option: 'lsn',
      allowed: 'an integer from 0 to 11',
    })
  })

  it('what is not durable yet', async () => {
    await using wal = await open()
    await append(wal, 10)
    wal.append('not yet')
    await expect(wal.truncateBefore(12)).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION' })
    await expect(wal.truncateBefore(11)).resolves.toMatchObject({ segments: 0 })
  })

  it('where the log takes no records: closed, read only, observed', async () => {
    const wal = await open()
    await append(wal, 10)
    const still = await Wal.open({ dir: wal.dir, recover: 'read-only' })
    await expect(still.truncateBefore(1)).rejects.toMatchObject({ code: 'ERR_RINGWAL_READ_ONLY' })
    await still.close()
    await wal.close()
    await expect(wal.truncateBefore(1)).rejects.toMatchObject({ code: 'ERR_RINGWAL_CLOSED' })
    await using observed = await open({ dir: wal.dir, observe: 'always' })
    await expect(observed.truncateBefore(1)).rejects.toMatchObject({ code: 'ERR_RINGWAL_OBSERVING' })
  })
})

describe('a truncation under way', () => {
  it('when the log is closed is finished or refused, and the log is whole', async () => {
    for (let round = 0; round < 5; round++) {
      const wal = await open({ spareSegments: 4 })
      await append(wal, 3000)
      const truncation = wal.truncateBefore(3001).catch((error: unknown) => error)
      await new Promise((resolve) => setTimeout(resolve, round))
      await wal.close()
      const result = (await truncation) as TruncateReport | { code: string }
      if ('code' in result) expect(result.code).toBe('ERR_RINGWAL_CLOSED')
      const { ok, firstLsn, lastLsn } = await verifyLog(wal.dir)
      expect({ ok, lastLsn }).toEqual({ ok: true, lastLsn: 3000 })
      expectRow(await readLsns(wal.dir), firstLsn, 3000)
      expect(readdirSync(wal.dir).filter((name) => name.startsWith('recycled'))).toEqual([])
    }
  })

  it('when the steward dies is told so, and the log can be opened again', async () => {
    const wal = await open()
    await append(wal, 3000)
    const died = expect(wal.truncateBefore(3001)).rejects.toMatchObject({ code: 'ERR_RINGWAL_WRITER_DIED' })
    await threadsOf(wal).steward.terminate()
    await died
    await wal.close().catch(() => {})
    await using again = await open({ dir: wal.dir })
    expect(again.recovery).toMatchObject({ lastLsn: 3000, damage: [] })
  })

  it('keeps the process alive until it is answered', () => {
    const text = `
      import { Wal } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)}
      const wal = await Wal.open({ dir: process.argv[1], segmentBytes: 65536 })
      for (let i = 0; i < 200; i++) wal.appendBytes(new Uint8Array(2000))
      await wal.flush()
      console.log((await wal.truncateBefore(150)).segments)
      await wal.close()
    `
    const args = ['--input-type=module', '-e', text, temporaryDirectory()]
    expect(Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))).toBeGreaterThan(2)
  })
})
