import { spread } from '../statistics.ts'
import type { LogJob } from './job.ts'
import { ProducerTeam } from './producer-team.ts'
import { closeAndCount, lapRecords, openQuietLog } from './quiet-log.ts'

export interface ThroughputJob extends LogJob {
  readonly kind: 'throughput'
  /** Of all producers together. */
  readonly records: number
  /** Threads that append: the one that opened the log, and others that attach to it. */
  readonly producers: number
}

/** One run at full speed, from the first append until everything is durable. */
export interface Throughput {
  readonly recordsPerSecond: number
  /** Payload and, with headers, padding and marks, file bytes: in 10^6 bytes per second. */
  readonly payloadMBPerSecond: number
  readonly fileMBPerSecond: number
  /** The append loop alone, waits for a full ring included: ns of a producer's thread for each of its records. */
  readonly producerNs: number
  readonly fileBytes: number
  readonly batches: number
  readonly syncs: number
}

export async function measureThroughput(job: ThroughputJob): Promise<Throughput> {
  const { records, size, producers } = job
  const team = new ProducerTeam(job, producers - 1, Math.floor(records / producers))
  const own = records - team.records
  const { wal, load } = await openQuietLog(job, records + team.practiceRecords, (log) => team.attach(log.wal))
  const before = wal.stats()
  const started = performance.now()
  team.go()
  load.appendMany(wal, own)
  const ownNs = ((performance.now() - started) * 1e6) / own
  const [helperNs] = await Promise.all([team.done(), wal.flush()])
  const seconds = (performance.now() - started) / 1000
  const after = wal.stats()
  await closeAndCount(wal, lapRecords(size) + team.practiceRecords + records)
  const fileBytes = after.bytes - before.bytes
  return {
    recordsPerSecond: records / seconds,
    payloadMBPerSecond: (records * size) / seconds / 1e6,
    fileMBPerSecond: fileBytes / seconds / 1e6,
    producerNs: spread([ownNs, ...helperNs]).median,
    fileBytes,
    batches: after.batches - before.batches,
    syncs: after.syncs - before.syncs,
  }
}
