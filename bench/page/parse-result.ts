import { RingwalError, type SyncPolicy } from '../../src/index.ts'
import type { Machine } from '../machine.ts'
import type * as R from '../result.ts'
import type { Spread } from '../statistics.ts'
import { type Check, date, listOf, number, object, oneOf, orNull, text, yesOrNo } from './check.ts'

const spread = object<Spread>({ median: number, min: number, max: number })
const policy = oneOf<SyncPolicy>('always', 'interval', 'never')
const encoding = oneOf<R.Encoding>('bytes', 'declared', 'any')

const curvePoint: Check<readonly [number, number]> = (value, place) => {
  const [percent, ns, ...rest] = listOf(number)(value, place)
  if (percent !== undefined && percent <= 100 && ns !== undefined && rest.length === 0) return [percent, ns]
  throw new RingwalError('ERR_RINGWAL_INPUT', `no result of the benchmark: ${place} is no point of a curve`, { place })
}

const distribution = object<R.Distribution>({
  samples: number,
  p50: orNull(spread),
  p99: orNull(spread),
  p999: orNull(spread),
  max: number,
  curve: listOf(curvePoint),
})

const result = object<R.BenchResult>({
  version: oneOf(1),
  started: date,
  seconds: number,
  runs: number,
  machine: object<Machine>({
    node: text,
    cpu: text,
    cores: number,
    memoryMiB: number,
    system: text,
    fileSystem: text,
    loadAverage: number,
  }),
  throughput: listOf(
    object<R.ThroughputFigure>({
      policy,
      size: number,
      producers: number,
      encoding,
      records: number,
      recordsPerSecond: spread,
      payloadMBPerSecond: spread,
      fileMBPerSecond: spread,
      producerNs: spread,
      batchBytes: spread,
      syncs: spread,
      ratioToBareAlike: spread,
      ratioToBareMiB: spread,
    }),
  ),
  appendCost: listOf(
    object<R.AppendCostFigure>({
      policy,
      size: number,
      encoding,
      burstNs: spread,
      single: distribution,
      waking: distribution,
      timer: distribution,
      jsonNs: orNull(spread),
    }),
  ),
  latency: listOf(
    object<R.LatencyFigure>({
      how: oneOf('waitDurable', 'durable', 'flush', 'appendDurable', 'bare', 'bare-page'),
      policy,
      size: number,
      callers: number,
      recordsPerSecond: spread,
      latency: distribution,
    }),
  ),
  openLoop: listOf(
    object<R.OpenLoopFigure>({
      policy,
      size: number,
      rate: number,
      achieved: spread,
      accepted: distribution,
      durable: distribution,
    }),
  ),
  disk: listOf(
    object<R.DiskFigure>({
      tool: oneOf('node', 'fio'),
      file: oneOf('prefilled', 'growing'),
      batchBytes: number,
      MBPerSecond: spread,
      syncsPerSecond: spread,
      latency: distribution,
    }),
  ),
  lifetime: listOf(
    object<R.LifetimeFigure>({ records: number, nsPerRecord: spread, fillNs: spread, rssMiB: spread }, ['fillNs']),
  ),
  reading: listOf(
    object<R.ReadingFigure>({
      what: oneOf('verify', 'read', 'replay'),
      workers: number,
      records: number,
      bytes: number,
      recordsPerSecond: spread,
      GBPerSecond: spread,
      rssMiB: spread,
    }),
  ),
  opening: listOf(
    object<R.OpeningFigure>({ after: oneOf('close', 'SIGKILL'), logBytes: number, milliseconds: spread }),
  ),
  micro: listOf(object<R.MicroFigure>({ group: text, name: text, nsPerOperation: spread })),
  peers: listOf(
    object<R.PeerFigure>(
      {
        peer: text,
        version: text,
        promise: text,
        durable: oneOf(false),
        ours: oneOf(true),
        frameless: oneOf(true),
        work: oneOf('pipelined', 'one-at-a-time', '64-callers'),
        size: number,
        recordsPerSecond: spread,
        latency: orNull(distribution),
      },
      ['durable', 'ours', 'frameless'],
    ),
  ),
  skipped: listOf(object<R.Skipped>({ what: text, reason: text })),
  claims: listOf(object<R.Claim>({ name: text, target: text, measured: text, holds: yesOrNo })),
})

/**
 * What `--json` printed, read back.
 *
 * @throws RingwalError ERR_RINGWAL_INPUT if it is no JSON, or no result of this version of the benchmark
 */
export function parseResult(json: string): R.BenchResult {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new RingwalError('ERR_RINGWAL_INPUT', 'no result of the benchmark: it is no JSON', {}, error)
  }
  return result(value, 'result')
}
