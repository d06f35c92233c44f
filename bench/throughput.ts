import type { LogJob } from './job.ts'
import { appendMany, closeAndCount, lapRecords, openQuietLog } from './quiet-log.ts'

export interface ThroughputJob extends LogJob {
  readonly kind: 'throughput'
  readonly records: number
}

/** One run of one producer at full speed, from its first append until all of it is durable. */
export interface Throughput {
  /** Timed records, and how many the log holds in all: read back and verified after the run. */
  readonly records: number
  readonly recordsInLog: number
  readonly seconds: number
  readonly recordsPerSecond: number
  /** Payload and, with headers, padding and marks, file bytes: in 10^6 bytes per second. */
  readonly payloadMBPerSecond: number
  readonly fileMBPerSecond: number
  /** The append loop alone, waits for a full ring included: ns of the engine's thread per record. */
  readonly producerNs: number
  readonly fileBytes: number
  readonly batches: number
  readonly syncs: number
  readonly syncSeconds: number
  /** More than 0 means that the run was long enough to change segments. */
  readonly rotations: number
}

export async function measureThroughput(job: ThroughputJob): Promise<Throughput> {
  const { records, size } = job
  const recordsInLog = lapRecords(size) + records
  const payload = new Uint8Array(size).fill(5)
  const wal = await openQuietLog(job, records)
  const before = wal.stats()
  const started = performance.now()
  appendMany(wal, payload, records)
  const appended = performance.now()
  await wal.flush()
  const seconds = (performance.now() - started) / 1000
  const after = wal.stats()
  await closeAndCount(wal, recordsInLog)
  const fileBytes = after.bytes - before.bytes
  return {
    records,
    recordsInLog,
    seconds,
    recordsPerSecond: records / seconds,
    payloadMBPerSecond: (records * size) / seconds / 1e6,
    fileMBPerSecond: fileBytes / seconds / 1e6,
    producerNs: ((appended - started) * 1e6) / records,
    fileBytes,
    batches: after.batches - before.batches,
    syncs: after.syncs - before.syncs,
    syncSeconds: (after.syncMs - before.syncMs) / 1000,
    rotations: after.segments - before.segments,
  }
}
