import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Machine } from '../../bench/machine.ts'
import type { Cell, KeptLog } from '../../bench/suite.ts'
import type { Claim, Summary } from '../../bench/summary.ts'
import { verifyLog } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

interface Output {
  readonly machine: Machine
  readonly records: number
  readonly runs: number
  readonly summaries: readonly Summary[]
  readonly claims: readonly Claim[]
  readonly cells: readonly Cell[]
  readonly logs: readonly KeptLog[]
}

const BENCH = fileURLToPath(new URL('../../bench/bench.js', import.meta.url))

function bench(...args: string[]): string {
  return execFileSync(process.execPath, [BENCH, '--quick', ...args], { encoding: 'utf8', timeout: 100_000 })
}

describe('npm run bench', () => {
  it('measures every policy and size, and counts no record that is not in a log', { timeout: 120_000 }, async () => {
    const dir = temporaryDirectory()
    const text = bench('--json', '--records', '700', '--sizes', '128,1000', '--dir', dir, '--keep')
    const { machine, records, runs, summaries, claims, cells, logs } = JSON.parse(text) as Output
    expect(machine).toMatchObject({ node: process.version, cores: expect.any(Number), fileSystem: expect.any(String) })
    expect([records, runs]).toEqual([700, 1])
    const names = ['always 128', 'interval 128', 'never 128', 'always 1000', 'interval 1000', 'never 1000']
    expect(summaries.map(({ policy, size }) => `${policy} ${size}`)).toEqual(names)
    expect(claims.map(({ policy, size, target }) => [policy, size, target])).toEqual([
      ['interval', 128, 6_000_000],
      ['always', 128, 5_000_000],
    ])
    for (const summary of summaries) expectPositive(summary)
    for (const cell of cells) expectRuns(cell, 1)

    // Three logs for each policy and size, each in a directory of its own.
    expect(new Set(logs.map((log) => log.dir)).size).toBe(3 * 6)
    for (const log of logs) {
      const report = await verifyLog(log.dir)
      expect(report).toMatchObject({ ok: true, records: log.records, lastLsn: log.records, tornTail: null })
    }
  })

  it('prints tables and a line for each claim, and leaves nothing behind', { timeout: 120_000 }, () => {
    const dir = temporaryDirectory()
    const text = bench('--records', '500', '--sizes', '128', '--policies', 'always', '--runs', '2', '--dir', dir)
    expect(text).toMatch(/^node v\d+\.\d+\.\d+, .* \d+ cores, /)
    expect(text).toMatch(/^ {2}always +128 B +[\d,]+ \([\d,]+–[\d,]+\) +\d+ /m)
    expect(text).toMatch(/^ {2}always +128 B +waitDurable +\d+ /m)
    const rate = String.raw`[\d.]+ \([\d.]+–[\d.]+\)`
    const claim = `${rate} M durable records/s of 128 B under always, at least 5.00 M asked; [\\d.]+.* of the bare loop`
    expect(text).toMatch(new RegExp(`^(holds: |MISSED:) +${claim}`, 'm'))
    expect(readdirSync(dir)).toEqual([])
  })

  it.each([
    [['--policies', 'sometimes'], '--policies: sometimes is none of always, interval, never'],
    [['--records', '0'], '--records: 0 is no whole number from 1 to'],
    [['--sizes', '128,x'], '--sizes: x is no whole number from 1 to 1048576'],
    [['--loud'], "Unknown option '--loud'"],
  ])('refuses %j before it writes anything', (args, message) => {
    const dir = `${temporaryDirectory()}/none`
    const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, '--dir', dir, ...args], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(existsSync(dir)).toBe(false)
  })
})

function expectPositive(summary: Summary): void {
  const { recordsPerSecond, payloadMBPerSecond, fileMBPerSecond, producerNs, appendBurstNs } = summary
  const { bareMiBMBPerSecond, bareAlikeMBPerSecond, ratioToBareMiB, ratioToBareAlike } = summary
  const rates = { recordsPerSecond, payloadMBPerSecond, fileMBPerSecond, producerNs, appendBurstNs }
  const bare = { bareMiBMBPerSecond, bareAlikeMBPerSecond, ratioToBareMiB, ratioToBareAlike }
  for (const [name, { min, median, max }] of Object.entries({ ...rates, ...bare })) {
    expect(min, name).toBeGreaterThan(0)
    expect(median, name).toBeGreaterThanOrEqual(min)
    expect(max, name).toBeGreaterThanOrEqual(median)
  }
  expect(fileMBPerSecond.median).toBeGreaterThan(payloadMBPerSecond.median)
}

function expectRuns({ policy, size, throughput, appendCost, durableLatency }: Cell, runs: number): void {
  expect([throughput.length, appendCost.length, durableLatency.length]).toEqual([runs, runs, runs])
  for (const { log } of throughput) {
    expect(log.records).toBe(size === 128 ? 700 : Math.round((700 * 168) / 1040))
    expect(log.recordsPerSecond).toBeCloseTo(log.records / log.seconds, 6)
    expect(log.syncs).toBeGreaterThan(0)
    expect(log.rotations).toBe(0)
  }
  for (const cost of appendCost) {
    expect(cost.single.samples).toBe(1000)
    expect(cost.single.p99).toBeGreaterThanOrEqual(cost.single.p50!)
    expect(cost.single.p999).toBeNull()
    expect(cost.single.p50).toBeGreaterThan(cost.timer.p50!)
  }
  for (const { blocking, promise, flush, bareRecord, barePage } of durableLatency) {
    const waits = policy === 'never' ? [flush] : [blocking, promise, flush]
    for (const { samples, p50 } of [...waits, bareRecord, barePage]) {
      expect(samples).toBeGreaterThan(0)
      expect(p50).toBeGreaterThan(0)
    }
    if (policy === 'interval') expect(blocking.p50).toBeGreaterThan(50e6)
  }
}
