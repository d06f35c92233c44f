import type {
  AppendCostFigure,
  BenchResult,
  Distribution,
  LatencyFigure,
  PeerFigure,
  PeerWork,
  ThroughputFigure,
} from '../../bench/result.ts'
import type { Spread } from '../../bench/statistics.ts'

const POLICIES = ['always', 'interval', 'never'] as const

/** Some percent around `median`. */
function spread(median: number, percent = 4): Spread {
  return { median, min: median * (1 - percent / 100), max: median * (1 + (1.3 * percent) / 100) }
}

/** A long tail above `p50`: each nine costs `tail` times more; its curve goes as far as five samples lie above. */
function distribution(p50: number, tail: number, samples = 100_000): Distribution {
  const at = (percent: number): number => p50 * (0.7 + 0.3 * tail ** Math.max(0, -Math.log10(1 - percent / 100) - 0.3))
  const curve: [number, number][] = []
  for (let step = 0; 10 ** (-step / 10) * samples >= 5; step++) {
    const percent = 100 * (1 - 10 ** (-step / 10))
    const noise = 1 + 0.04 * Math.sin(step * 2.3)
    curve.push([percent, Math.max(curve.at(-1)?.[1] ?? 0, at(percent) * noise)])
  }
  const max = at(100 * (1 - 1 / samples)) * 1.4
  const [p99, p999] = [samples >= 500 ? spread(at(99), 8) : null, samples >= 5000 ? spread(at(99.9), 15) : null]
  return { samples, p50: spread(at(50)), p99, p999, max, curve }
}

function throughput(): ThroughputFigure[] {
  const sizes = [64, 128, 256, 1024, 16_384, 262_144]
  const kinds = [
    ...sizes.map((size) => ({ size, producers: 1, encoding: 'bytes' as const, ns: 70 })),
    ...[2, 3].map((producers) => ({ size: 128, producers, encoding: 'bytes' as const, ns: 70 })),
    { size: 249, producers: 1, encoding: 'bytes' as const, ns: 80 },
    { size: 249, producers: 1, encoding: 'declared' as const, ns: 170 },
    { size: 249, producers: 1, encoding: 'any' as const, ns: 1050 },
  ]
  return kinds.flatMap(({ size, producers, encoding, ns }) =>
    POLICIES.map((policy, at): ThroughputFigure => {
      const frame = size + 32
      const bare = (2600 * frame) / (frame + 90)
      const disk = (bare * 1e6 * (0.86 + 0.05 * at)) / frame
      const rate = Math.min(disk * (0.7 + 0.1 * producers), (1e9 / ns) * (1 + 0.35 * (producers - 1)))
      const file = (rate * frame) / 1e6
      return {
        policy,
        size,
        producers,
        encoding,
        records: 1_500_000,
        recordsPerSecond: spread(rate),
        payloadMBPerSecond: spread((rate * size) / 1e6),
        fileMBPerSecond: spread(file),
        producerNs: spread(ns),
        batchBytes: spread(Math.max(frame, 400_000 * (at + 1)), 12),
        syncs: spread(policy === 'always' ? 4100 : 3 - at),
        ratioToBareAlike: spread(file / (bare * 1.02), 3),
        ratioToBareMiB: spread(file / 2600, 3),
      }
    }),
  )
}

function appendCost(): AppendCostFigure[] {
  const kinds = [
    { size: 128, encoding: 'bytes' as const, ns: 92, json: null },
    { size: 249, encoding: 'declared' as const, ns: 187, json: 781 },
    { size: 249, encoding: 'any' as const, ns: 1120, json: 781 },
    { size: 1024, encoding: 'bytes' as const, ns: 131, json: null },
  ]
  return kinds.flatMap(({ size, encoding, ns, json }) =>
    POLICIES.map((policy, at): AppendCostFigure => {
      const single = distribution(ns + 45 + 6 * at, 3.1 + 0.6 * at, 10_000)
      const waking = distribution(ns + 5200 - 300 * at, 1.7, 600)
      const burstNs = spread(ns + 4 * at, 6)
      const jsonNs = json === null ? null : spread(json)
      return { policy, size, encoding, burstNs, single, waking, timer: distribution(41, 1.4, 10_000), jsonNs }
    }),
  )
}

function latency(): LatencyFigure[] {
  const alone = POLICIES.flatMap((policy) => {
    const timer = policy === 'interval' ? 1000 : 1
    const waits = [
      { how: 'waitDurable', ns: 104_000 * timer },
      { how: 'durable', ns: 119_000 * timer },
      { how: 'flush', ns: 127_000 },
      { how: 'bare', ns: 88_000 },
      { how: 'bare-page', ns: 91_000 },
    ] as const
    const shown = policy === 'never' ? waits.slice(2) : waits
    return shown.map(({ how, ns }): LatencyFigure => {
      const samples = ns > 1e7 ? 50 : 6000
      const times = distribution(ns, ns > 1e7 ? 1.02 : 1.9, samples)
      return { how, policy, size: 200, callers: 1, recordsPerSecond: spread(1e9 / ns), latency: times }
    })
  })
  const many = { how: 'appendDurable', policy: 'always', size: 200, callers: 64 } as const
  return [...alone, { ...many, recordsPerSecond: spread(391_000), latency: distribution(163_000, 1.8) }]
}

function peerFigures(): PeerFigure[] {
  const peers: readonly [string, string, string, number, number, number][] = [
    ['ringwal', '0.1.0', 'fdatasync of the batch that holds the record returned 0', 7_410_000, 9_600, 391_000],
    ['lmdb', '3.4.4', 'resolved when the transaction is synced (overlapping sync)', 389_000, 4_300, 71_000],
    ['better-sqlite3 FULL', '12.4.1', 'WAL with synchronous = FULL: fsync at each commit', 315_000, 5_000, 5_100],
    [
      'better-sqlite3 NORMAL',
      '12.4.1',
      'WAL, synced at checkpoints only: a commit may be lost',
      402_000,
      38_000,
      37_000,
    ],
    ['classic-level', '3.0.0', 'sync: true, fdatasync of the log at each batch', 99_000, 5_600, 22_000],
    ['rocksdb', '5.2.1', 'sync: true, fdatasync of the log at each write', 88_000, 5_000, 19_000],
    ['hypercore', '11.18.0', 'append resolved, then fdatasync of its files', 55_000, 1_900, 9_000],
    ['sonic-boom', '4.2.0', 'fsync: true at each flush', 61_000, 4_700, 15_000],
    ['fs.appendFile', 'v20.20.0', 'appendFile, then fdatasync', 4_100, 4_000, 4_100],
  ]
  const works: readonly PeerWork[] = ['pipelined', 'one-at-a-time', '64-callers']
  return works.flatMap((work, at) =>
    peers.map(([peer, version, promise, ...rates]): PeerFigure => {
      const rate = rates[at]!
      const callers = work === '64-callers' ? 64 : 1
      const times = work === 'pipelined' ? null : distribution((1e9 / rate) * callers, 1.8 + 0.1 * peer.length, 6000)
      const figures = { work, size: 200, recordsPerSecond: spread(rate, 6), latency: times }
      return { peer, version, promise, ...(peer.endsWith('NORMAL') ? { durable: false } : {}), ...figures }
    }),
  )
}

/** Figures of the size that the benchmark gives, of every kind; none of them was measured. */
export function sampleResult(): BenchResult {
  return {
    version: 1,
    started: '2025-11-21T18:40:12.345Z',
    seconds: 1284,
    runs: 5,
    machine: {
      node: 'v20.20.0',
      cpu: 'Sample Processor 8481C @ 2.70GHz',
      cores: 2,
      memoryMiB: 7936,
      system: 'Linux 6.1.0 x64',
      fileSystem: 'ext4',
      loadAverage: 0.07,
    },
    throughput: throughput(),
    appendCost: appendCost(),
    latency: latency(),
    openLoop: POLICIES.flatMap((policy) =>
      [10_000, 100_000, 1_000_000].map((rate, at) => {
        const durable = policy === 'always' ? distribution(130_000 * (1 + at), 2.1) : distribution(52e6, 1.3)
        return {
          policy,
          size: 200,
          rate,
          achieved: spread(rate, 0.1),
          accepted: distribution(400 + 90 * at, 3.4),
          durable,
        }
      }),
    ),
    disk: (['node', 'fio'] as const).flatMap((tool) =>
      (['prefilled', 'growing'] as const).flatMap((file) =>
        [256, 4096, 65_536, 1 << 20, 1 << 23].map((batchBytes) => {
          const ns = (file === 'prefilled' ? 90_000 : 210_000) * (tool === 'fio' ? 0.96 : 1) + batchBytes / 2.6
          const [rate, syncs] = [spread((batchBytes / ns) * 1e3), spread(1e9 / ns)]
          return {
            tool,
            file,
            batchBytes,
            MBPerSecond: rate,
            syncsPerSecond: syncs,
            latency: distribution(ns, 1.7, 6000),
          }
        }),
      ),
    ),
    lifetime: [1e5, 1e6, 1e7, 1e8].map((records, at) => {
      return {
        records,
        nsPerRecord: spread(92 + 2 * (at % 2), 3),
        fillNs: spread(212 + 3 * (at % 2), 3),
        rssMiB: spread(118 + at, 1),
      }
    }),
    reading: [
      { what: 'verify' as const, workers: 1, rate: 18e6 },
      { what: 'read' as const, workers: 1, rate: 4.2e6 },
      { what: 'replay' as const, workers: 1, rate: 1.31e6 },
      { what: 'replay' as const, workers: 2, rate: 2.37e6 },
    ].map(({ what, workers, rate }) => {
      const [recordsPerSecond, GBPerSecond] = [spread(rate), spread((rate * 281) / 1e9)]
      return { what, workers, records: 5e6, bytes: 281 * 5e6, recordsPerSecond, GBPerSecond, rssMiB: spread(140) }
    }),
    opening: [
      { after: 'close', logBytes: 2 ** 30, milliseconds: spread(38, 9) },
      { after: 'SIGKILL', logBytes: 2 ** 30, milliseconds: spread(241, 9) },
    ],
    micro: [
      { group: 'encode the order', name: 'declared record', nsPerOperation: spread(143) },
      { group: 'encode the order', name: '@msgpack/msgpack encodeSharedRef', nsPerOperation: spread(1010) },
      { group: 'encode the order', name: 'JSON.stringify', nsPerOperation: spread(772) },
      { group: 'checksum of 4 KiB', name: 'kernel', nsPerOperation: spread(186) },
      { group: 'checksum of 4 KiB', name: 'hash-wasm XXH64', nsPerOperation: spread(381) },
    ],
    peers: peerFigures(),
    skipped: [{ what: 'node:sqlite', reason: 'this Node.js, v20.20.0, does not have it' }],
    claims: [
      {
        name: 'append of the declared 13-field order',
        target: 'at most a third of JSON.stringify',
        measured: '0.24',
        holds: true,
      },
      {
        name: '200 B, durable, pipelined',
        target: 'at least 12 times the best peer',
        measured: '18.4 times lmdb',
        holds: true,
      },
      { name: '128 B with 3 producers', target: 'at least 4 M/s in sum', measured: '3.81 M/s', holds: false },
      { name: 'verify, one worker', target: 'at least 3 GB/s', measured: '5.06 GB/s', holds: true },
    ],
  }
}

/** A result of the same machine with no figure in it. */
export function emptyResult(): BenchResult {
  const { version, started, seconds, runs, machine } = sampleResult()
  const nothing = { throughput: [], appendCost: [], latency: [], openLoop: [], disk: [], lifetime: [], reading: [] }
  const more = { opening: [], micro: [], peers: [], skipped: [], claims: [] }
  return { version, started, seconds, runs, machine, ...nothing, ...more }
}
