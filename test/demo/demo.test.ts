import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { ORDER_EVENT } from '../../src/trading/index.ts'
import { generatedEvents } from '../../tools/demo/events.ts'
import { Random } from '../../tools/demo/random.ts'
import { type KillResult, runTrial } from '../../tools/demo/trial.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const DEMO = fileURLToPath(new URL('../../tools/demo/demo.js', import.meta.url))

function demo(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [DEMO, ...args], { encoding: 'utf8', timeout: 60_000 })
}

describe('the demo', () => {
  let dir: string
  beforeEach(() => {
    dir = temporaryDirectory()
  })

  it('kills, recovers, compares, and says so in a table no wider than 100 columns', () => {
    const { status, stdout } = demo('--kills', '1', '--seed', '3')
    expect(status).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^seed 3;/)
    expect(stdout).not.toContain('\u001b')
    for (const policy of ['always', 'interval', 'never'])
      expect(stdout).toMatch(new RegExp(`^${policy} +1 .*equal$`, 'm'))
    expect(lines.at(-1)).toMatch(/^Held: 3 kills, .* 0 of them lost/)
    expect(Math.max(...lines.slice(1).map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(existsSync(/logs in (\S+)/.exec(stdout)![1]!)).toBe(false)
  })

  it('runs from a file, and tells its result as JSON', () => {
    const input = join(dir, 'events.jsonl')
    const rows = Array.from({ length: 300 }, (_, i) =>
      JSON.stringify({ time: i, type: 1, id: i, size: 1, price: 1, side: 1 }),
    )
    writeFileSync(input, `${rows.join('\n')}\n{"kind":"note","text":"ü"}\n`)
    const { status, stdout } = demo('--kills', '1', '--policy', 'never', '--input', input, '--json')
    expect(status).toBe(0)
    const result = JSON.parse(stdout) as { held: boolean; input: string; kills: KillResult[] }
    expect(result).toMatchObject({ held: true, input: 'events.jsonl' })
    const [kill] = result.kills
    expect(kill!.recovered).toBeGreaterThan(0)
    expect(kill!.recovered).toBeGreaterThanOrEqual(kill!.acknowledged)
    expect(kill!.appended).toBeGreaterThanOrEqual(kill!.recovered)
    expect(kill!.beyond).toBe(kill!.recovered - kill!.acknowledged)
  })

  it('ends with 2 and one line where it can not run', () => {
    const missing = demo('--input', join(dir, 'no such file'))
    expect(missing).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('ENOENT') })
    const unknown = demo('--policy', 'sometimes')
    expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('always, interval, never') })
  })

  it('tells a log that holds something else than was sent', async () => {
    const log = join(dir, 'log')
    const wal = await Wal.open({ dir: log, segmentBytes: 65_536 })
    wal.append({ kind: 'note' }, { type: 0 })
    await wal.close()
    const [first] = await kill(log)
    expect(first!.problem).toContain('LSN 1 holds {"kind":"note"}')
    expect(first!.lostAcknowledged).toBe(0)
    expect(first!.recovered).toBeGreaterThan(0)
  })

  it('tells an engine that does not trust its log', async () => {
    const log = join(dir, 'log')
    const wal = await Wal.open({ dir: log, segmentBytes: 65_536 })
    wal.append({ account_id: 'desk-0' }, { type: ORDER_EVENT })
    await wal.close()
    await expect(kill(log)).rejects.toThrow('the engine came up under observation')
  })

  async function kill(log: string): Promise<KillResult[]> {
    const { signal } = new AbortController()
    const plan = { dir: log, policy: 'never', kills: 1, isLate: () => false, signal } as const
    const results: KillResult[] = []
    for await (const result of runTrial(plan, generatedEvents(2), new Random(3))) results.push(result)
    return results
  }
})
