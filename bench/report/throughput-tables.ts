import type { BenchResult, DiskFigure, ThroughputFigure } from '../result.ts'
import { BYTES, COUNT, count, MB_RATE, sizeOf, spreadOf, TIME, TIMES } from './format.ts'
import { type Column, figure, type Table, tableOf, word } from './table.ts'

const WHO: readonly Column<ThroughputFigure>[] = [
  word('policy', ({ policy }) => policy),
  word('encoding', ({ encoding }) => encoding),
  figure('size', ({ size }) => sizeOf(size)),
  figure('producers', ({ producers }) => count(producers)),
]

const RATES: readonly Column<ThroughputFigure>[] = [
  ...WHO,
  figure('records', ({ records }) => count(records)),
  figure('records/s', ({ recordsPerSecond }) => spreadOf(recordsPerSecond, COUNT)),
  figure('payload', ({ payloadMBPerSecond }) => spreadOf(payloadMBPerSecond, MB_RATE)),
  figure('append loop, a record', ({ producerNs }) => spreadOf(producerNs, TIME)),
]

const BESIDE_BARE: readonly Column<ThroughputFigure>[] = [
  ...WHO,
  figure('file', ({ fileMBPerSecond }) => spreadOf(fileMBPerSecond, MB_RATE)),
  figure('of bare, same writes', ({ ratioToBareAlike }) => spreadOf(ratioToBareAlike, TIMES)),
  figure('of bare, 1 MiB', ({ ratioToBareMiB }) => spreadOf(ratioToBareMiB, TIMES)),
  figure('batch', ({ batchBytes }) => spreadOf(batchBytes, BYTES)),
  figure('syncs', ({ syncs }) => spreadOf(syncs, COUNT)),
]

const DISK: readonly Column<DiskFigure>[] = [
  word('tool', ({ tool }) => tool),
  word('file', ({ file }) => file),
  figure('bytes a sync', ({ batchBytes }) => sizeOf(batchBytes)),
  figure('rate', ({ MBPerSecond }) => spreadOf(MBPerSecond, MB_RATE)),
  figure('syncs/s', ({ syncsPerSecond }) => spreadOf(syncsPerSecond, COUNT)),
  figure('p50', ({ latency }) => spreadOf(latency.p50, TIME)),
  figure('p99', ({ latency }) => spreadOf(latency.p99, TIME)),
  figure('samples', ({ latency }) => count(latency.samples)),
]

export function throughputTables({ throughput }: BenchResult): Table[] {
  const rates = {
    id: 'throughput',
    title: 'Throughput: from the first append until every record is durable',
    note: 'Payload is what the callers appended. The append loop is the time of one producer’s thread.',
  }
  const bytes = {
    id: 'throughput-bytes',
    title: 'The same in bytes of the file, beside bare loops of write and fdatasync in the same run',
    note: 'One loop writes and syncs as large and as often as the log did, the other 1 MiB at a time, each synced.',
  }
  return [tableOf(rates, RATES, throughput), tableOf(bytes, BESIDE_BARE, throughput)]
}

export function diskTables({ disk }: BenchResult): Table[] {
  const about = { id: 'disk', title: 'The disk without a log: write, then fdatasync', note: '' }
  return [tableOf(about, DISK, disk)]
}
