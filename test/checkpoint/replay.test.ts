/** Checkpoints of a real log: a replay begins with the newest that can be used, and gives what it gives from the beginning. */
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkpointName } from '../../src/format/index.ts'
import { type ReplayReport, replay, Wal } from '../../src/index.ts'
import { snapshot as snapshotOf } from '../replay/reducers/keyed.ts'
import { reducerAt, textOf } from '../replay/replay-kit.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const reducer = reducerAt('keyed')

interface Log {
  readonly wal: Wal
  readonly dir: string
}

async function openLog(): Promise<Log> {
  const dir = temporaryDirectory()
  return { dir, wal: await Wal.open({ dir, sync: { policy: 'interval', everyMs: 5 }, segmentBytes: 1 << 16 }) }
}

async function appendUpTo({ wal }: Log, last: number): Promise<void> {
  while (wal.lastLsn < last) wal.append({ n: wal.lastLsn, text: 'x'.repeat(200) }, { key: (wal.lastLsn % 7) + 1 })
  await wal.flush()
}

async function stateOf(dir: string, options: object = {}): Promise<{ text: string; report: ReplayReport }> {
  const { state, report } = await replay(dir, { reducer, workers: 1, ...options })
  return { text: await textOf(reducer, state), report }
}

/** What the reducer gives up to an LSN, as its snapshot. */
async function snapshotUpTo(dir: string, to: number): Promise<Uint8Array> {
  const { state } = await replay(dir, { reducer, to, checkpoint: false })
  return snapshotOf(state as Parameters<typeof snapshotOf>[0])
}

/** A log of 3,000 records with checkpoints at 1,000 and 2,000. */
async function logWithTwo(truncate: boolean): Promise<Log & { whole: string }> {
  const log = await openLog()
  for (const lsn of [1000, 2000]) {
    await appendUpTo(log, lsn)
    await log.wal.checkpoint(lsn, await snapshotUpTo(log.dir, lsn))
  }
  await appendUpTo(log, 3000)
  const { text: whole } = await stateOf(log.dir, { checkpoint: false })
  if (truncate) await log.wal.truncateBefore(1001)
  await log.wal.close()
  return { ...log, whole }
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= 0x10
  writeFileSync(path, bytes)
}

describe('a replay', () => {
  it('begins with the newest checkpoint that is not behind its target', async () => {
    const { dir, whole } = await logWithTwo(false)
    const last = await stateOf(dir)
    expect(last.text).toBe(whole)
    expect(last.report).toMatchObject({ checkpoint: { lsn: 2000 }, records: 1000, lastLsn: 3000, passedOver: [] })
    const between = await stateOf(dir, { to: 1999 })
    expect(between.report).toMatchObject({ checkpoint: { lsn: 1000 }, records: 999, lastLsn: 1999 })
    expect(between.text).toBe((await stateOf(dir, { to: 1999, checkpoint: false })).text)
    expect((await stateOf(dir, { to: 999 })).report).toMatchObject({ checkpoint: null, records: 999 })
    expect((await stateOf(dir, { type: 0 })).report).toMatchObject({ checkpoint: null, records: 3000 })
  })

  it('falls back to the one before, where the newest is damaged in any way', async () => {
    const { dir, whole } = await logWithTwo(true)
    const path = join(dir, checkpointName(2000))
    const good = readFileSync(path)
    const harms: readonly (() => void)[] = [
      () => flip(path, 3),
      () => flip(path, 40),
      () => flip(path, 128),
      () => flip(path, good.length - 1),
      () => truncateSync(path, good.length - 1),
      () => truncateSync(path, 0),
      () => writeFileSync(path, Buffer.concat([good, Buffer.alloc(1)])),
      () => writeFileSync(path, readFileSync(join(dir, checkpointName(1000)))),
    ]
    for (const harm of harms) {
      harm()
      const { text, report } = await stateOf(dir)
      expect(text).toBe(whole)
      expect(report.checkpoint).toMatchObject({ lsn: 1000 })
      expect(report.passedOver).toMatchObject([{ lsn: 2000, reason: expect.stringContaining('damaged') }])
      writeFileSync(path, good)
    }
    expect((await stateOf(dir)).report.passedOver).toEqual([])
  })

  it('tells of records that are in no checkpoint, and in no segment any more', async () => {
    const { dir } = await logWithTwo(true)
    for (const lsn of [1000, 2000]) flip(join(dir, checkpointName(lsn)), 200)
    await expect(stateOf(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'gap', lostFrom: 1 })
  })

  it('takes no checkpoint of another log', async () => {
    const one = await logWithTwo(false)
    const other = await logWithTwo(false)
    const name = checkpointName(2000)
    writeFileSync(join(other.dir, name), readFileSync(join(one.dir, name)))
    const { report } = await stateOf(other.dir)
    expect(report).toMatchObject({
      checkpoint: { lsn: 1000 },
      passedOver: [{ reason: expect.stringContaining('belongs to log') }],
    })
  })
})

describe('wal.checkpoint', () => {
  it('makes the records durable first, keeps as many as it is told, and retires what none of them needs', async () => {
    const log = await openLog()
    for (let lsn = 500; lsn <= 2500; lsn += 500) {
      while (log.wal.lastLsn < lsn) log.wal.append({ n: 1, text: 'x'.repeat(300) })
      const { kept, removed, truncated, bytes } = await log.wal.checkpoint(lsn, Buffer.alloc(100_000, lsn), {
        keep: 2,
        truncate: true,
      })
      expect(log.wal.durableLsn).toBeGreaterThanOrEqual(lsn)
      expect(bytes).toBe(100_000)
      expect(kept).toEqual(lsn === 500 ? [500] : [lsn, lsn - 500])
      expect(removed).toBe(lsn > 1000 ? 1 : 0)
      expect(truncated!.firstLsn).toBeLessThanOrEqual(kept.at(-1)! + 1)
    }
    await log.wal.close()
    const names = readdirSync(log.dir).filter((name) => name.endsWith('.rwck'))
    expect(names.sort()).toEqual([checkpointName(2000), checkpointName(2500)])
    expect(statSync(join(log.dir, names[0]!)).mode & 0o777).toBe(0o600)
  })

  it('stores a stream, piece by piece; a label has its own', async () => {
    const log = await openLog()
    await appendUpTo(log, 10)
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 5; i++) yield Buffer.alloc(700_000, i)
    }
    expect(await log.wal.checkpoint(9, pieces(), { label: 'stream' })).toMatchObject({ bytes: 3_500_000, kept: [9] })
    expect(await log.wal.checkpoint(10, [new Uint8Array(3), new Uint8Array(0)])).toMatchObject({ bytes: 3, kept: [10] })
    await log.wal.close()
    expect(statSync(join(log.dir, checkpointName(9))).size).toBe(128 + 3_500_000)
  })

  it('leaves nothing where the stream throws, and goes on', async () => {
    const log = await openLog()
    await appendUpTo(log, 3)
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10)
      throw new Error('no more')
    }
    await expect(log.wal.checkpoint(3, pieces())).rejects.toThrow('no more')
    expect(readdirSync(log.dir).filter((name) => name.includes('rwck'))).toEqual([])
    const both = await Promise.all([log.wal.checkpoint(2, new Uint8Array(1)), log.wal.checkpoint(3, new Uint8Array(2))])
    expect(both.map(({ kept }) => kept)).toEqual([[2], [3, 2]])
    await log.wal.close()
  })

  it('refuses what it can not take', async () => {
    const { wal } = await openLog()
    const option = (name: string): object => ({ code: 'ERR_RINGWAL_OPTION', option: name })
    await expect(wal.checkpoint(1, new Uint8Array(1))).rejects.toMatchObject(option('lsn'))
    await expect(wal.checkpoint(0, 'text' as never)).rejects.toMatchObject(option('snapshot'))
    await expect(wal.checkpoint(0, [1] as never)).rejects.toMatchObject(option('snapshot'))
    await expect(wal.checkpoint(0, new Uint8Array(1), { label: 'é'.repeat(28) })).rejects.toMatchObject(option('label'))
    await expect(wal.checkpoint(0, new Uint8Array(1), { keep: 0 })).rejects.toMatchObject(option('keep'))
    await expect(wal.checkpoint(0, new Uint8Array(1), { kept: 1 } as never)).rejects.toMatchObject(option('kept'))
    const late = expect(wal.checkpoint(0, new Uint8Array(1))).rejects.toMatchObject({ code: 'ERR_RINGWAL_CLOSED' })
    await wal.close()
    await late
    await expect(wal.checkpoint(0, new Uint8Array(1))).rejects.toMatchObject({ code: 'ERR_RINGWAL_CLOSED' })
  })
})
