/** Retention of an open log, on its real threads, a real disk, and with consumers in other processes. */
import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dropPosition, readPositions, setPosition, verifyLog, Wal, type WalOptions } from '../../src/index.ts'
import type { RetentionHeldMessage } from '../../src/metrics/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const SEGMENT_BYTES = 1 << 20
const record = Buffer.alloc(4000)

async function open(options: Partial<WalOptions>): Promise<Wal> {
  const all = { dir: temporaryDirectory(), segmentBytes: SEGMENT_BYTES, sync: { policy: 'never' } as const }
  const wal = await Wal.open({ onWarning: () => {}, ...all, ...options })
  onTestFinished(() => wal.close().catch(() => {}))
  return wal
}

/** Appends records, a few at a time, so that the steward comes along. */
async function append(wal: Wal, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    wal.appendBytes(record)
    if (i % 50 !== 49) continue
    await wal.flush()
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await wal.flush()
}

async function until(condition: () => boolean, ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come to that')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function bytesIn(dir: string): number {
  const sizes = readdirSync(dir).flatMap((name) =>
    /^(\d+\.rwal|recycled-\d+\.spare)$/.test(name)
      ? (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0)
      : [],
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function firstLsn(wal: Wal): Promise<number> {
  return (await wal.truncateBefore(0)).firstLsn
}

describe('a log with retention', () => {
  it('stays below its bytes as it grows, and can be opened again', async () => {
    const maxBytes = 6 * SEGMENT_BYTES
    const wal = await open({ retention: { maxBytes } })
    const { dir } = wal
    for (let round = 0; round < 24; round++) {
      await append(wal, 250)
      // At once on a machine with nothing else to do; what it is at every moment is tested on the simulated disk.
      await until(() => bytesIn(dir) <= maxBytes)
    }
    expect(wal.stats().retiredSegments).toBeGreaterThan(15)
    expect(wal.stats()).toMatchObject({ retentionHeldBy: null, spareError: null })
    await until(() => wal.stats().retainedBytes === bytesIn(dir))
    await wal.close()
    expect(await verifyLog(dir)).toMatchObject({ ok: true, lastLsn: 6000 })
    const again = await open({ dir, retention: { maxSegments: 2, everyMs: 10 } })
    await until(() => again.stats().retiredSegments >= 3)
    expect(again.recovery.lastLsn).toBe(6000)
  })

  it('tells what it retires, and who is in the way', async () => {
    const told: RetentionHeldMessage[] = []
    const retired: unknown[] = []
    const onHeld = (message: unknown): void => void told.push(message as RetentionHeldMessage)
    const onRetired = (message: unknown): void => void retired.push(message)
    subscribe('ringwal:retention-held', onHeld)
    subscribe('ringwal:retired', onRetired)
    onTestFinished(() => {
      unsubscribe('ringwal:retention-held', onHeld)
      unsubscribe('ringwal:retired', onRetired)
    })
    const warnings: Error[] = []
    const onWarning = (error: Error): void => void warnings.push(error)
    const wal = await open({ retention: { maxSegments: 3, everyMs: 10 }, onWarning })
    const hold = wal.hold(1)
    await append(wal, 1500)
    await until(() => told.length > 0)
    expect(told).toEqual([
      expect.objectContaining({ dir: wal.dir, limit: 'maxSegments', neededBy: 'hold', neededLsn: 1, refusing: false }),
    ])
    expect(warnings).toEqual([expect.objectContaining({ code: 'ERR_RINGWAL_RETENTION', by: 'hold' })])
    expect(wal.stats().retentionHeldBy).toBe('hold')
    expect([await firstLsn(wal), retired]).toEqual([1, []])
    hold.moveTo(700)
    await until(() => retired.length > 0)
    expect(await firstLsn(wal)).toBeLessThanOrEqual(700)
    hold.release()
    await until(() => wal.stats().retentionHeldBy === null)
    expect(await firstLsn(wal)).toBeGreaterThan(700)
    expect(told).toHaveLength(1)
  })

  it('at a cap that refuses takes nothing until there is room, and then by itself', async () => {
    const wal = await open({ retention: { maxBytes: 4 * SEGMENT_BYTES, atCap: 'refuse', everyMs: 10 } })
    await wal.setPosition('slow', 0)
    let accepted = 0
    const fill = async (): Promise<unknown> => {
      for (;;) {
        try {
          wal.appendBytes(record)
          if (++accepted % 50 === 0) await wal.flush().then(() => new Promise((resolve) => setTimeout(resolve, 5)))
        } catch (error) {
          return error
        }
      }
    }
    expect(await fill()).toMatchObject({ code: 'ERR_RINGWAL_RETENTION' })
    expect(wal.stats()).toMatchObject({ retentionHeldBy: 'position slow', state: 'open' })
    await wal.flush()
    // What the ring still held may have taken the file that was made ahead, in whose place the next one is made.
    expect(bytesIn(wal.dir)).toBeLessThanOrEqual(5 * SEGMENT_BYTES)
    const room = wal.ready().then(() => 'room')
    expect(await Promise.race([room, new Promise((resolve) => setTimeout(resolve, 50, 'none'))])).toBe('none')
    await wal.setPosition('slow', wal.durableLsn)
    expect(await room).toBe('room')
    const before = accepted
    const refill = fill()
    await until(() => accepted > before + 100)
    await wal.setPosition('slow', wal.durableLsn)
    expect(await refill).toMatchObject({ code: 'ERR_RINGWAL_RETENTION' })
    expect((await verifyLog(wal.dir)).ok).toBe(true)
  })

  it('of checkpoints gives up what they make up for, as soon as one is stored', async () => {
    const wal = await open({ retention: { checkpoint: true } })
    await append(wal, 1500)
    await wal.checkpoint(1000, Buffer.alloc(3_000_000, 1), { keep: 1 })
    await until(() => wal.stats().retiredSegments >= 3)
    expect(await firstLsn(wal)).toBeLessThanOrEqual(1001)
  })
})

describe('what is asked to be given up', () => {
  it('is not, as long as somebody needs it, and the report says who', async () => {
    const wal = await open({})
    await append(wal, 1500)
    await wal.setPosition('replica', 600)
    const bounded = await wal.truncateBefore(1501)
    expect(bounded).toMatchObject({ heldBy: 'position replica' })
    expect(bounded.firstLsn).toBeGreaterThan(256)
    expect(bounded.firstLsn).toBeLessThanOrEqual(601)
    using hold = wal.hold(900)
    expect(await wal.dropPosition('replica')).toBe(true)
    const held = await wal.truncateBefore(1501)
    expect(held).toMatchObject({ heldBy: 'hold' })
    expect(held.firstLsn).toBeLessThanOrEqual(900)
    expect(() => wal.hold(held.firstLsn - 1)).toThrow(
      expect.objectContaining({ code: 'ERR_RINGWAL_RETIRED', firstLsn: held.firstLsn }),
    )
    hold.release()
    expect(await wal.truncateBefore(1501)).toMatchObject({ heldBy: null })
  })

  it('is needed also by a log that is opened anew', async () => {
    const wal = await open({})
    await append(wal, 1500)
    await wal.setPosition('replica', 600)
    await wal.close()
    const again = await open({ dir: wal.dir, retention: { maxSegments: 2, everyMs: 10 } })
    await until(() => again.stats().retentionHeldBy === 'position replica')
    expect(await firstLsn(again)).toBeLessThanOrEqual(601)
    expect(await firstLsn(again)).toBeGreaterThan(256)
  })
})

describe('positions', () => {
  it('are checked at the door', async () => {
    const wal = await open({})
    await append(wal, 10)
    for (const name of ['', 'A', '../x', 'a.b', 'x'.repeat(65), 5, undefined]) {
      await expect(wal.setPosition(name as string, 1)).rejects.toMatchObject({
        code: 'ERR_RINGWAL_OPTION',
        option: 'name',
      })
      await expect(setPosition(wal.dir, name as string, 1)).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION' })
      await expect(dropPosition(wal.dir, name as string)).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION' })
    }
    for (const lsn of [-1, 0.5, 11, '3']) {
      await expect(wal.setPosition('a', lsn as number)).rejects.toMatchObject({ option: 'lsn' })
      expect(() => wal.hold(-1)).toThrow(expect.objectContaining({ option: 'lsn' }))
    }
    await expect(setPosition('/nowhere', 'a', 1)).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    await expect(setPosition(temporaryDirectory(), 'a', 1)).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    expect(readdirSync(wal.dir).filter((name) => name.includes('position'))).toEqual([])
    const still = await Wal.open({ dir: wal.dir, recover: 'read-only' })
    await expect(still.setPosition('a', 1)).rejects.toMatchObject({ code: 'ERR_RINGWAL_READ_ONLY' })
    expect(() => still.hold(1)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_READ_ONLY' }))
    await still.close()
  })

  it('are moved by other processes beside the log, two at the same one too, and retention follows', async () => {
    const wal = await open({ retention: { maxSegments: 2, everyMs: 10 } })
    await append(wal, 1)
    for (const name of ['shared', 'own-1', 'own-2']) await wal.setPosition(name, 0)
    await append(wal, 1500)
    await until(() => wal.stats().retentionHeldBy === 'position own-1')
    const consumers = await Promise.all([1, 2].map((one) => consume(wal.dir, one)))
    expect(consumers.map(({ stderr }) => stderr)).toEqual(['', ''])
    const positions = await wal.positions()
    expect(positions.map(({ name, lsn, unusable }) => [name, lsn, unusable])).toEqual([
      ['own-1', 1400, null],
      ['own-2', 1400, null],
      ['shared', 1400, null],
    ])
    expect(await readPositions(wal.dir)).toEqual(positions)
    await until(() => wal.stats().retentionHeldBy === null)
    expect(await firstLsn(wal)).toBeGreaterThan(1000)
    expect(readdirSync(wal.dir).filter((name) => name.includes('unfinished'))).toEqual([])
  })
})

/** Moves a position of its own, and one that others move too, from 100 to 1400. */
function consume(dir: string, one: number): Promise<{ stderr: string }> {
  const text = `
    import { setPosition } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)}
    for (let lsn = 100; lsn <= 1400; lsn += 100) {
      await setPosition(process.argv[1], 'own-${one}', lsn)
      await setPosition(process.argv[1], 'shared', lsn)
    }
  `
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', text, dir])
}
