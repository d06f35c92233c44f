import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkpointName } from '../../src/format/index.ts'
import { compactLog, setPosition, verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { ringwalInside } from '../tools/inside.ts'

const LSNS = [400, 800, 1200, 1600]

/** 2,000 records with four checkpoints, closed. */
async function closedLog(label: (lsn: number) => string = () => ''): Promise<string> {
  const dir = temporaryDirectory()
  const wal = await Wal.open({ dir, segmentBytes: 1 << 16 })
  for (const lsn of [...LSNS, 2000]) {
    while (wal.lastLsn < lsn) wal.append({ n: wal.lastLsn, text: 'x'.repeat(200) })
    if (lsn < 2000) await wal.checkpoint(lsn, Buffer.alloc(5000, lsn), { label: label(lsn), keep: 10 })
  }
  await wal.close()
  return dir
}

function namesIn(dir: string, ending: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(ending))
    .sort()
}

function spoil(dir: string, lsn: number): void {
  const path = join(dir, checkpointName(lsn))
  const bytes = readFileSync(path)
  bytes[3000]! ^= 1
  writeFileSync(path, bytes)
}

describe('compacting a log', () => {
  it('does what the dry run tells, and leaves all that the kept checkpoints need', async () => {
    const dir = await closedLog()
    const before = readdirSync(dir).sort()
    const planned = await compactLog(dir, { dryRun: true })
    expect(readdirSync(dir).sort()).toEqual(before)
    const done = await compactLog(dir)
    expect({ ...done, dryRun: true }).toEqual(planned)
    expect(done).toMatchObject({ neededLsn: 1200, passedOver: [], kept: [{ lsn: 1600 }, { lsn: 1200 }] })
    expect(done.removed).toEqual([checkpointName(800), checkpointName(400)])
    expect(done.segments).toBeGreaterThan(3)
    expect(namesIn(dir, '.rwck')).toEqual([checkpointName(1200), checkpointName(1600)])
    expect(await verifyLog(dir)).toMatchObject({ ok: true, firstLsn: done.firstLsn, lastLsn: 2000 })
    expect(done.firstLsn).toBeLessThanOrEqual(1201)
    expect(await compactLog(dir)).toMatchObject({ segments: 0, removed: [] })
  })

  it('leaves what a consumer needs, and tells whose', async () => {
    const dir = await closedLog()
    await setPosition(dir, 'slow', 500)
    const planned = await compactLog(dir, { dryRun: true })
    const done = await compactLog(dir)
    expect({ ...done, dryRun: true }).toEqual(planned)
    expect(done).toMatchObject({ neededLsn: 1200, heldBy: 'position slow' })
    expect(done.firstLsn).toBeLessThanOrEqual(501)
    await setPosition(dir, 'slow', 1200)
    expect(await compactLog(dir)).toMatchObject({ heldBy: null })
  })

  it('counts only checkpoints that verify', async () => {
    const dir = await closedLog()
    spoil(dir, 1600)
    const { kept, passedOver, neededLsn } = await compactLog(dir, { keep: 1 })
    expect(kept).toMatchObject([{ lsn: 1200 }])
    expect(passedOver).toMatchObject([{ lsn: 1600, reason: expect.stringContaining('damaged') }])
    expect(neededLsn).toBe(1200)
    expect(namesIn(dir, '.rwck')).toContain(checkpointName(1600))
  })

  it('keeps what any label needs', async () => {
    const dir = await closedLog((lsn) => (lsn === 400 ? 'slow' : 'fast'))
    const { kept, removed, neededLsn } = await compactLog(dir, { keep: 1 })
    expect(kept).toMatchObject([
      { lsn: 1600, label: 'fast' },
      { lsn: 400, label: 'slow' },
    ])
    expect(removed).toEqual([checkpointName(1200), checkpointName(800)])
    expect(neededLsn).toBe(400)
  })

  it('gives up nothing without a checkpoint that can be used, or with one that is ahead of the log', async () => {
    const dir = await closedLog()
    for (const lsn of LSNS) spoil(dir, lsn)
    const before = readdirSync(dir).sort()
    await expect(compactLog(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    expect(readdirSync(dir).sort()).toEqual(before)
    await expect(compactLog(dir, { keep: 0 })).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION', option: 'keep' })
  })

  it('refuses a log that is open', async () => {
    const dir = await closedLog()
    const wal = await Wal.open({ dir })
    await expect(compactLog(dir)).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED' })
    await wal.close()
  })
})

describe('ringwal compact', () => {
  it('tells what it gave up', async () => {
    const dir = await closedLog()
    const dry = await ringwalInside(['compact', dir, '--dry-run'])
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toContain(`${checkpointName(400)}  would be given up`)
    const done = await ringwalInside(['compact', dir, '--keep', '1', '--json'])
    expect(JSON.parse(done.stdout)).toMatchObject({ neededLsn: 1600, dryRun: false, kept: [{ lsn: 1600 }] })
    const none = await ringwalInside(['compact', temporaryDirectory()])
    expect(none.code).toBe(2)
  })

  it('exits with 1 where a checkpoint can not be used', async () => {
    const dir = await closedLog()
    spoil(dir, 1600)
    expect(await ringwalInside(['compact', dir])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('can not be used'),
    })
  })
})
