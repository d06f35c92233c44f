import { describe, expect, it } from 'vitest'
import type { Measured } from '../../bench/claims/figures.ts'
import { judge } from '../../bench/claims/judge.ts'
import type { AppendCostFigure, Claim, Distribution, LatencyFigure, PeerFigure, PeerWork } from '../../bench/result.ts'
import { type Spread, spread } from '../../bench/statistics.ts'
import { emptyResult, sampleResult } from './sample-result.ts'

const NOTHING: Measured = emptyResult()

function one(value: number): Spread {
  return spread([value])
}

function distribution(p50: number, p999: number): Distribution {
  return { samples: 10_000, p50: one(p50), p99: null, p999: one(p999), max: p999, curve: [] }
}

function claims(part: Partial<Measured>): Record<string, [holds: boolean, measured: string]> {
  return Object.fromEntries(
    judge({ ...NOTHING, ...part }).map(({ name, holds, measured }) => [name, [holds, measured]]),
  )
}

function cost(
  encoding: AppendCostFigure['encoding'],
  burst: number,
  json: number | null,
  p999: number,
): AppendCostFigure {
  const size = encoding === 'bytes' ? 128 : 249
  const jsonNs = json === null ? null : one(json)
  const single = distribution(burst, p999)
  return { policy: 'interval', size, encoding, burstNs: one(burst), jsonNs, single, waking: single, timer: single }
}

function peer(name: string, work: PeerWork, rate: number, p50: number | null = null): PeerFigure {
  const latency = p50 === null ? null : distribution(p50, p50)
  return { peer: name, version: '1', promise: '', work, size: 200, recordsPerSecond: one(rate), latency }
}

describe('the claims', () => {
  it('are made only about what this run has measured', () => {
    expect(judge(NOTHING)).toEqual([])
    expect(judge({ ...NOTHING, appendCost: [{ ...cost('bytes', 90, null, 9000), policy: 'always' }] })).toEqual([])
  })

  it('tell of each that it holds at its limit, and is missed beyond it', () => {
    const held = claims({ appendCost: [cost('bytes', 150, null, 20_000), cost('declared', 200, 600, 20_000)] })
    expect(Object.values(held).map(([holds]) => holds)).toEqual([true, true, true, true])
    const missed = claims({ appendCost: [cost('bytes', 151, null, 20_100), cost('declared', 201, 600, 20_100)] })
    expect(Object.values(missed).map(([holds]) => holds)).toEqual([false, false, false, false])
    expect(missed['append of the declared order, beside JSON.stringify of it']).toEqual([
      false,
      '0.34 times (201 ns to 600 ns)',
    ])
  })

  it('hold the largest records against the bare loop by the cell that does worst', () => {
    const [figure] = sampleResult().throughput
    const cell = (size: number, ratio: number, encoding: 'bytes' | 'any' = 'bytes'): typeof figure & object => {
      return { ...figure!, policy: 'always', size, encoding, producers: 1, ratioToBareAlike: one(ratio) }
    }
    const throughput = [cell(64, 0.1), cell(1024, 0.8), cell(16_384, 0.74), cell(262_144, 0.9), cell(1024, 0.2, 'any')]
    const [found] = Object.values(claims({ throughput }))
    expect(found).toEqual([false, '0.74 times (16384 B under always, the lowest)'])
  })

  it('hold one caller under always against the bare loop', () => {
    const figure = (how: LatencyFigure['how'], p50: number): LatencyFigure => {
      const facts = { how, policy: 'always', size: 128, callers: 1 } as const
      return { ...facts, recordsPerSecond: one(1), latency: distribution(p50, p50) }
    }
    const ratio = (ns: number): boolean[] =>
      Object.values(claims({ latency: [figure('waitDurable', ns), figure('bare', 100_000)] })).map(([holds]) => holds)
    expect([ratio(135_000), ratio(136_000)]).toEqual([[true], [false]])
  })

  it('hold the log against the best of the peers, whichever that is', () => {
    const peers = [
      peer('ringwal', 'pipelined', 4.8e6),
      peer('lmdb', 'pipelined', 0.4e6),
      peer('slow', 'pipelined', 0.1e6),
      peer('ringwal', 'one-at-a-time', 9000, 100_000),
      peer('lmdb', 'one-at-a-time', 5000, 160_000),
      peer('even', 'one-at-a-time', 5500, 140_000),
      peer('ringwal', '64-callers', 400_000),
      peer('lmdb', '64-callers', 100_000),
    ]
    expect(Object.values(claims({ peers }))).toEqual([
      [true, '12.00 times (the best is lmdb)'],
      [false, '1.40 times (the best is even)'],
      [false, '4.00 times (the best is lmdb)'],
    ])
    expect(claims({ peers: peers.filter(({ peer }) => peer === 'ringwal') })).toEqual({})
  })

  it('take for a rival only what keeps records, and keeps them without power', () => {
    const peers: PeerFigure[] = [
      peer('ringwal', 'pipelined', 12e6),
      { ...peer('ringwal, interval', 'pipelined', 20e6), ours: true },
      { ...peer('memory', 'pipelined', 50e6), durable: false },
      { ...peer('file', 'pipelined', 6e6), frameless: true },
      { ...peer('slow file', 'pipelined', 1e5), frameless: true },
      { ...peer('lossy file', 'pipelined', 9e6), frameless: true, durable: false },
      peer('store', 'pipelined', 0.8e6),
    ]
    const told = '15.00 times (the best is store; of those that keep bytes without a frame file: 2.00 times)'
    expect(Object.values(claims({ peers }))).toEqual([[true, told]])
  })

  it('say nothing of opening a log that is smaller than what is promised', () => {
    const opening = (logBytes: number, ms: number): Measured['opening'] => [
      { after: 'close', logBytes, milliseconds: one(ms) },
      { after: 'SIGKILL', logBytes, milliseconds: one(ms) },
    ]
    expect(claims({ opening: opening(1 << 25, 10) })).toEqual({})
    const measured = Object.values(claims({ opening: opening(2 ** 30 - 100, 250) }))
    expect(measured).toEqual([
      [false, '250 ms'],
      [true, '250 ms'],
    ])
  })

  it('hold the stations of a long life against one another', () => {
    const station = (records: number, ns: number, rss: number): Measured['lifetime'][number] => {
      return { records, nsPerRecord: one(ns), fillNs: one(2 * ns), rssMiB: one(rss) }
    }
    const life = (...stations: Measured['lifetime'][number][]): unknown[] =>
      Object.values(claims({ lifetime: stations }))
    expect(life(station(1e5, 100, 120), station(1e6, 90, 130), station(1e7, 103, 150))).toEqual([
      [true, '1.14 times'],
      [true, '30 MiB'],
    ])
    expect(life(station(1e5, 100, 120), station(1e6, 117, 155), station(1e7, 101, 130))).toEqual([
      [false, '1.17 times'],
      [false, '35 MiB'],
    ])
    expect(life(station(1e4, 100, 120), station(1e5, 117, 155))).toEqual([])
  })

  it('of a whole run are 18 and each tells its target', () => {
    const all: readonly Claim[] = judge(sampleResult())
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    for (const { target, measured } of all) {
      expect(target).toMatch(/^at (least|most) \d/)
      expect(measured).toMatch(/^-?\d/)
    }
    expect(all.length).toBeGreaterThanOrEqual(18)
  })
})
