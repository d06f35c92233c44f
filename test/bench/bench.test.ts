import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { BenchResult, Distribution } from '../../bench/result.ts'
import type { Spread } from '../../bench/statistics.ts'
import { verifyLog } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const BENCH = fileURLToPath(new URL('../../bench/bench.js', import.meta.url))
const TINY = ['--quick', '--records', '700', '--log-bytes', '1M', '--events', '2000']

function bench(...args: string[]): string {
  return execFileSync(process.execPath, [BENCH, ...TINY, ...args], { encoding: 'utf8', timeout: 100_000 })
}

function measure(...args: string[]): BenchResult {
  return JSON.parse(bench('--json', ...args)) as BenchResult
}

describe('npm run bench', () => {
  it('measures section by section, and every log of it is whole', { timeout: 120_000 }, async () => {
    const dir = temporaryDirectory()
    const only = ['--only', 'throughput,append-cost,latency,open-loop,disk,lifetime,reading,opening']
    const few = '--policies interval --sizes 64 --encodings bytes --rates 20000'.split(' ')
    const result = measure(...only, ...few, '--dir', dir, '--keep')
    expect(result).toMatchObject({ version: 1, runs: 1, machine: { node: process.version }, peers: [] })
    expect(Date.parse(result.started)).toBeGreaterThan(Date.now() - 120_000)
    expect(namesOf(result)).toEqual(NAMES)
    expect(result.throughput.map(({ records }) => records)).toEqual([1131, 1131])
    expect(spreadsIn(result).length).toBeGreaterThan(80)
    for (const [path, spread] of spreadsIn(result)) expectOrdered(path, spread)
    for (const [path, distribution] of distributionsIn(result)) expectWhole(path, distribution)
    expect(result.skipped.filter(({ what }) => what !== 'fio')).toEqual([])

    const logs = logsBelow(dir)
    // 2 each of throughput and latency, and one each of append cost, open loop, lifetime, verify, replay and opening.
    expect(logs.length).toBe(10)
    for (const log of logs) {
      const { ok, records, lastLsn, tornTail } = await verifyLog(log)
      expect({ log, ok, lastLsn, tornTail }).toEqual({ log, ok: true, lastLsn: records, tornTail: null })
      expect(records).toBeGreaterThan(700)
    }
  })

  it('has no record become durable by itself under never', { timeout: 120_000 }, () => {
    const dir = temporaryDirectory()
    const only = ['--only', 'throughput,latency,open-loop']
    const few = '--policies never --encodings any --producers 3 --rates 10000'.split(' ')
    const { throughput, latency, openLoop } = measure(...only, ...few, '--dir', dir)
    expect(throughput.map(({ encoding, producers, records }) => [encoding, producers, records])).toEqual([
      ['any', 3, 397],
    ])
    expect(latency.map(({ how }) => how)).toEqual(['flush', 'bare', 'bare-page'])
    expect(openLoop.map(({ accepted, durable }) => [accepted.samples, durable.samples])).toEqual([[1000, 0]])
  })

  it('prints tables and a line for each claim, draws a page, and leaves nothing else', { timeout: 120_000 }, () => {
    const dir = temporaryDirectory()
    mkdirSync(join(dir, 'logs'))
    const page = join(dir, 'page.html')
    const only = ['--only', 'append-cost', '--policies', 'interval', '--encodings', 'declared']
    const text = bench(...only, '--runs', '2', '--dir', join(dir, 'logs'), '--html', page)
    expect(text).toMatch(/^ {2}interval +declared +249 B /m)
    expect(text).toMatch(
      /^(holds: |MISSED:) +append of the declared order, beside JSON.stringify of it: [\d.]+ times \(\d+ ns to \d+ ns\), asked: at most 0.33 times$/m,
    )
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/)
    expect(readdirSync(join(dir, 'logs'))).toEqual([])
  })

  it.each([
    [['--sizes', '128,x'], 'option --sizes: "x" is not allowed; allowed: an integer from 1 to 1000000'],
    [['--loud'], "Unknown option '--loud'"],
  ])('refuses %j before it writes anything', (args, message) => {
    const dir = `${temporaryDirectory()}/none`
    const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, '--dir', dir, ...args], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_OPTION: [^\n]+\n$/)
    expect(stderr).toContain(message)
    expect(existsSync(dir)).toBe(false)
  })

  it.skipIf(process.platform !== 'linux')(
    'that is interrupted leaves no log behind, and no process',
    { timeout: 60_000 },
    async () => {
      const dir = temporaryDirectory()
      const child = spawn(process.execPath, [BENCH, ...TINY, '--only', 'throughput', '--dir', dir])
      await vi.waitFor(() => expect(logsBelow(dir).length).toBeGreaterThan(0), { timeout: 30_000 })
      const ofIts = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      expect(code).toBe(128 + 15)
      expect(readdirSync(dir)).toEqual([])
      await vi.waitFor(() => expect(ofIts.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]), { timeout: 10_000 })
    },
  )

  it('fails with 1 and says where, if a measurement can not be made', () => {
    const file = join(temporaryDirectory(), 'file')
    const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, ...TINY, '--dir', join(BENCH, file)], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_IO: ENOTDIR/)
  })

  it('explains its options and its plan', () => {
    const { status, stdout } = spawnSync(process.execPath, [BENCH, '--help'], { encoding: 'utf8' })
    expect(status).toBe(0)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(130)
    for (const word of ['--only', '--peers', '--html', 'The plan:', 'Examples:']) expect(stdout).toContain(word)
  })
})

const NAMES = [
  ...['throughput 64 bytes 1', 'throughput 64 bytes 2'],
  'append 64 bytes',
  ...['waitDurable 1', 'durable 1', 'flush 1', 'bare 1', 'bare-page 1'].map((name) => `latency ${name}`),
  ...[1, 8, 64, 256].map((callers) => `latency appendDurable ${callers}`),
  'open loop 20000',
  ...['prefilled', 'growing'].flatMap((file) => [200, 4096, 65_536, 1 << 20].map((bytes) => `disk ${file} ${bytes}`)),
  ...['lifetime 10000', 'lifetime 100000'],
  ...['verify 1', 'verify 2', 'read 1', 'replay 1', 'replay 2'],
  ...['open after close', 'open after SIGKILL'],
]

function namesOf(result: BenchResult): string[] {
  return [
    ...result.throughput.map(({ size, encoding, producers }) => `throughput ${size} ${encoding} ${producers}`),
    ...result.appendCost.map(({ size, encoding }) => `append ${size} ${encoding}`),
    ...result.latency.map(({ how, callers }) => `latency ${how} ${callers}`),
    ...result.openLoop.map(({ rate }) => `open loop ${rate}`),
    ...result.disk.filter(({ tool }) => tool === 'node').map(({ file, batchBytes }) => `disk ${file} ${batchBytes}`),
    ...result.lifetime.map(({ records }) => `lifetime ${records}`),
    ...result.reading.map(({ what, workers }) => `${what} ${workers}`),
    ...result.opening.map(({ after }) => `open after ${after}`),
  ]
}

type At<T> = readonly [path: string, value: T]

/** Every object in the result that has all these members. */
function objectsWith(value: unknown, members: readonly string[], path = ''): At<object>[] {
  if (typeof value !== 'object' || value === null) return []
  const own: At<object>[] = members.every((name) => name in value) ? [[path, value]] : []
  return [...own, ...Object.entries(value).flatMap(([name, part]) => objectsWith(part, members, `${path}.${name}`))]
}

function spreadsIn(result: BenchResult): At<Spread>[] {
  return objectsWith(result, ['median', 'min', 'max']) as At<Spread>[]
}

function distributionsIn(result: BenchResult): At<Distribution>[] {
  return objectsWith(result, ['samples', 'p999', 'curve']) as At<Distribution>[]
}

function expectOrdered(path: string, { median, min, max }: Spread): void {
  expect(min, path).toBeGreaterThan(0)
  expect(median, path).toBeGreaterThanOrEqual(min)
  expect(max, path).toBeGreaterThanOrEqual(median)
  expect(Number.isFinite(max), path).toBe(true)
}

function expectWhole(path: string, { samples, p50, max, curve }: Distribution): void {
  expect(samples, path).toBeGreaterThan(0)
  expect(p50!.median, path).toBeLessThanOrEqual(max)
  expect(curve.length, path).toBeGreaterThan(0)
  for (const [i, [percent, ns]] of curve.entries()) {
    expect(percent, path).toBeGreaterThan(curve[i - 1]?.[0] ?? -1)
    expect(ns, path).toBeGreaterThanOrEqual(curve[i - 1]?.[1] ?? 0)
  }
}

/** Directories with segments in them. */
function logsBelow(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
  return [...new Set(entries.filter(({ name }) => name.endsWith('.rwal')).map(({ parentPath }) => parentPath))]
}
