import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FRAME_HEADER_BYTES, frameBytes } from '../../src/format/index.ts'
import { RingwalError, verifyLog, Wal } from '../../src/index.ts'
import { settle } from './disk-files.ts'
import type { LogJob } from './job.ts'
import { type Load, loadOf } from './load.ts'

const PAGE_BYTES = 4096
const MIB = 1 << 20
const SEGMENT_BYTES_MIN = 65536
const SEGMENT_BYTES_MAX = 2 ** 32
const SPARES_MS_MAX = 120_000
/** The default of `Wal.open`. */
export const RING_BYTES: number = 16 * MIB
const LAP_RECORDS = 50_000
const LAP_BYTES = 32 * MIB

/** Bytes of a segment that holds all these records, and the sync marks between them. */
export function segmentBytesFor(records: number, size: number): number {
  // A mark of 40 bytes rides with each sync, and at full speed a sync takes many records.
  const bytes = records * (frameBytes(size) + FRAME_HEADER_BYTES / 4) + MIB
  return Math.max(SEGMENT_BYTES_MIN, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES)
}

/**
 * Records of the first lap, with which every log is warmed up: the code is compiled then, and every page of the ring
 * was touched. Until it is, the kernel gives each page at its first use, in the middle of an append.
 */
export function lapRecords(size: number): number {
  const once = Math.ceil(RING_BYTES / frameBytes(size)) + 1
  return Math.max(once, Math.min(LAP_RECORDS, Math.floor(LAP_BYTES / frameBytes(size))))
}

/** The most records of this size for which `segmentBytesFor` is a segment. */
export function recordsMax(size: number): number {
  return Math.floor((SEGMENT_BYTES_MAX - MIB - PAGE_BYTES) / (frameBytes(size) + FRAME_HEADER_BYTES / 4))
}

/** A log that is ready to be measured, and what to append to it. */
export interface QuietLog {
  readonly wal: Wal
  readonly load: Load
}

/**
 * Opens a log whose current segment is prefilled and takes `records` records besides the first lap; does that lap, and
 * `practice`. When it returns, the next segment is made too, so that the steward rests; and all that was written is on
 * the disk, so that no write-back of earlier bytes is in the way.
 */
export async function openQuietLog(
  job: LogJob,
  records: number,
  practice?: (log: QuietLog) => Promise<void>,
): Promise<QuietLog> {
  const { dir, policy, size } = job
  const lap = lapRecords(size)
  const segmentBytes = segmentBytesFor(lap + records, size)
  const wal = await Wal.open({ dir, sync: { policy }, segmentBytes, spareSegments: 1, ringBytes: RING_BYTES })
  const load = loadOf(job)
  await segmentsMade(dir, 1, segmentBytes)
  load.appendMany(wal, lap)
  await practice?.({ wal, load })
  await wal.flush()
  await segmentsMade(dir, 2, segmentBytes)
  settle(dir)
  return { wal, load }
}

/** Waits until the log has `count` segment files of full size. */
export async function segmentsMade(dir: string, count: number, segmentBytes: number): Promise<void> {
  const deadline = performance.now() + SPARES_MS_MAX
  while (segmentSizes(dir).filter((size) => size === segmentBytes).length < count) {
    if (performance.now() > deadline) {
      const message = `the spare segments were not made in ${SPARES_MS_MAX} ms`
      throw new RingwalError('ERR_RINGWAL_TIMEOUT', message, { dir, timeoutMs: SPARES_MS_MAX })
    }
    await sleep(5)
  }
}

/**
 * Closes the log and reads all of it back.
 * @throws ERR_RINGWAL_DAMAGED unless exactly `records` whole records are in it: a rate over lost records is no rate
 */
export async function closeAndCount(wal: Wal, records: number): Promise<void> {
  await wal.close()
  const report = await verifyLog(wal.dir)
  if (report.ok && report.records === records && report.tornTail === null) return
  const message = `appended ${records} records, and the log holds ${report.records} (${report.damage.length} damages)`
  throw new RingwalError('ERR_RINGWAL_DAMAGED', message, { dir: wal.dir, appended: records, found: report.records })
}

function segmentSizes(dir: string): number[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.rwal'))
    .map((name) => statSync(join(dir, name)).size)
}
