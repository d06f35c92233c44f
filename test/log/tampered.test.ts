/** Rule R23 with real files: what an operator does to a segment under the open log is found. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, type TestContext } from 'vitest'
import { Wal } from '../../src/index.ts'
import { segmentPath } from './damaged-log.ts'

/** A log with some durable records, in a directory that the test may move. */
async function openLog({ onTestFinished }: TestContext): Promise<Wal> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'ringwal-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const wal = await Wal.open({ dir: join(home, 'wal'), segmentBytes: 1 << 20, sync: { policy: 'always' } })
  for (let i = 0; i < 5; i++) await wal.appendDurable(new Uint8Array(5000).fill(7))
  return wal
}

/** Goes on appending, and waiting for each record, until that is refused. @returns the refusal */
async function appendUntilRefused(wal: Wal): Promise<unknown> {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline) {
    try {
      await wal.appendDurable('on')
    } catch (error) {
      return error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return 'never refused'
}

type Deed = readonly [name: string, found: RegExp, act: (dir: string) => void]

const DEEDS: readonly Deed[] = [
  ['truncated', /truncated/, (dir) => truncateSync(segmentPath(dir), 9000)],
  ['emptied', /truncated/, (dir) => truncateSync(segmentPath(dir))],
  ['unlinked', /missing/, (dir) => unlinkSync(segmentPath(dir))],
  ['renamed', /missing/, (dir) => renameSync(segmentPath(dir), join(dir, 'kept'))],
  ['renamed over', /replaced/, renameOver],
  ['replaced with a copy', /replaced/, replaceWithCopy],
  ['moved with its directory', /missing/, (dir) => renameSync(dir, `${dir}-moved`)],
  ['removed with its directory', /missing/, removeDirectory],
  ['replaced with its directory', /replaced/, replaceDirectory],
]

/** Moved away first: in its place the steward would make a file while it is emptied. */
function removeDirectory(dir: string): void {
  renameSync(dir, `${dir}-gone`)
  rmSync(`${dir}-gone`, { recursive: true })
}

function renameOver(dir: string): void {
  copyFileSync(segmentPath(dir), join(dir, 'other'))
  truncateSync(join(dir, 'other'), 5000)
  renameSync(join(dir, 'other'), segmentPath(dir))
}

function replaceWithCopy(dir: string): void {
  copyFileSync(segmentPath(dir), join(dir, 'copy'))
  unlinkSync(segmentPath(dir))
  renameSync(join(dir, 'copy'), segmentPath(dir))
}

function replaceDirectory(dir: string): void {
  renameSync(dir, `${dir}-moved`)
  mkdirSync(dir)
  for (const name of readdirSync(`${dir}-moved`)) copyFileSync(join(`${dir}-moved`, name), join(dir, name))
}

describe.concurrent.each(DEEDS)('a segment that is %s under the open log', (_, found, act) => {
  it('poisons it within a second or so, with what was found', async (ctx) => {
    const wal = await openLog(ctx)
    act(wal.dir)
    const refusal = await appendUntilRefused(wal)
    const facts = { cause: 'ERR_RINGWAL_TAMPERED', file: segmentPath(wal.dir), found: expect.stringMatching(found) }
    expect(refusal).toMatchObject({ code: 'ERR_RINGWAL_POISONED', ...facts, durableLsn: wal.durableLsn })
    expect(() => wal.append('x')).toThrow(expect.objectContaining(facts))
    await expect(wal.close()).rejects.toMatchObject(facts)
  })

  it('is found by close, if not before', async (ctx) => {
    const wal = await openLog(ctx)
    act(wal.dir)
    wal.append('the last')
    await expect(wal.close()).rejects.toMatchObject({ cause: 'ERR_RINGWAL_TAMPERED', file: segmentPath(wal.dir) })
  })
})
