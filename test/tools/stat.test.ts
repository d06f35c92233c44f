import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { flipByte, ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()
const nameOf = (number: number): string => `${String(number).padStart(20, '0')}.rwal`

const LARGE = path()
const input = Array.from({ length: 40 }, () => JSON.stringify('x'.repeat(4000))).join('\n')
await ringwalInside(['append', LARGE, '--segment-bytes', '64K'], { input })

/** A log of three segments. */
function largeLog(): string {
  const dir = path()
  cpSync(LARGE, dir, { recursive: true })
  return dir
}

describe('ringwal stat', () => {
  it('tells what a closed log consists of', async () => {
    const dir = largeLog()
    const { code, stdout, stderr } = await ringwal(['stat', dir, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const facts = JSON.parse(stdout)
    expect(facts).toMatchObject({ firstLsn: 1, lastLsn: 40, durableLsn: 40, lock: { state: 'free', holder: null } })
    expect(facts.logId).toMatch(/^[0-9a-f]{32}$/)
    const { segments } = facts
    expect(segments.map(({ name }: { name: string }) => name)).toEqual([1, 2, 3].map(nameOf))
    expect(segments.map(({ state }: { state: string }) => state)).toEqual(['sealed', 'sealed', 'last'])
    expect(segments[0].firstLsn).toBe(1)
    expect(segments[1].firstLsn).toBe(segments[0].lastLsn + 1)
    expect(segments[2].firstLsn).toBe(segments[1].lastLsn + 1)
    expect(segments[2].lastLsn).toBe(40)
    expect(segments[2].created).toMatch(/^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
    expect(facts.bytes).toBe(segments.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, 0))
    expect(facts.bytesOnDisk).toBeGreaterThan(0)
  })

  it('follows no link, waits for no FIFO, and says that they are no segments', async () => {
    const dir = largeLog()
    symlinkSync('/etc/hostname', join(dir, nameOf(7)))
    execFileSync('mkfifo', [join(dir, nameOf(8))])
    const { code, stdout } = await ringwalInside(['stat', dir, '--json'])
    const { segments } = JSON.parse(stdout)
    expect(code).toBe(1)
    expect(segments.slice(3)).toMatchObject([
      { name: nameOf(7), state: 'damaged' },
      { name: nameOf(8), state: 'damaged' },
    ])
  })

  it('tells it to people, with the epoch of the last opening', async () => {
    const dir = largeLog()
    await ringwalInside(['append', dir, '--segment-bytes', '64K'], { input: '1\n' })
    const { code, stdout } = await ringwalInside(['stat', dir])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^LSN +1 to 41$/m)
    expect(stdout).toMatch(/^epoch +2$/m)
    expect(stdout).toMatch(/^writer +none$/m)
    expect(stdout).toMatch(new RegExp(`^  ${nameOf(4)}  last     LSN 41 to 41, [^\\n]+ created `, 'm'))
  })

  it('tells who has a live log open, and which segments are spare', async () => {
    const dir = path()
    const wal = await Wal.open({ dir, segmentBytes: 65536 })
    try {
      await wal.appendDurable('x')
      const facts = await withSpare(dir)
      expect(facts.lock).toMatchObject({ state: 'held', holder: { pid: process.pid } })
      expect(facts.segments[0]).toMatchObject({ state: 'last', firstLsn: 1, lastLsn: 1 })
      expect(facts.segments[1]).toMatchObject({ state: 'spare', firstLsn: 0, lastLsn: 0, created: null })
    } finally {
      await wal.close()
    }
  })

  it('exits with 1 where a header can not be read', async () => {
    const dir = largeLog()
    for (const offset of [40, 2048 + 40]) flipByte(join(dir, nameOf(2)), offset)
    const { code, stdout } = await ringwalInside(['stat', dir, '--json'])
    expect(code).toBe(1)
    const { segments } = JSON.parse(stdout)
    expect(segments[0]).toMatchObject({ number: 1, state: 'sealed', firstLsn: 1, lastLsn: 0 })
    expect(segments[1]).toMatchObject({ number: 2, state: 'damaged' })
    expect(segments[2]).toMatchObject({ number: 3, state: 'last', lastLsn: 40 })
  })

  it('exits with 2 where there is no log', async () => {
    const empty = path()
    mkdirSync(empty)
    for (const place of [empty, path('missing'), '/dev/null']) {
      const { code, stdout, stderr } = await ringwalInside(['stat', place])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_NOT_FOUND: [^\n]+\n$/)
    }
  })
})

/** The facts of a live log once the steward, which works beside the writer, has made a spare. */
async function withSpare(dir: string): Promise<{ lock: unknown; segments: unknown[] }> {
  for (let tries = 0; ; tries++) {
    const facts = JSON.parse((await ringwal(['stat', dir, '--json'])).stdout)
    if (facts.segments.length > 1 || tries === 20) return facts
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
