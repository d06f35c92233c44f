import { closeSync, constants, fsyncSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { verifyLog, Wal } from '../src/index.ts'
import type { LogJob } from './job.ts'

const PAGE_BYTES = 4096
const MIB = 1 << 20
/** Bytes of a frame before its payload; see format-spec. */
const FRAME_HEADER_BYTES = 40
const SEGMENT_BYTES_MIN = 65536
const SEGMENT_BYTES_MAX = 2 ** 32
const SPARES_MS_MAX = 120_000
/** The default of `Wal.open`. */
export const RING_BYTES: number = 16 * MIB
const LAP_RECORDS_MIN = 50_000

/** Bytes that a record takes on disk. */
export function recordBytes(size: number): number {
  return Math.ceil((FRAME_HEADER_BYTES + size) / 8) * 8
}

/** Bytes of a segment that holds all these records, and the sync marks between them. */
export function segmentBytesFor(records: number, size: number): number {
  // A mark of 40 bytes rides with each sync, and at full speed a sync takes many records.
  const bytes = records * (recordBytes(size) + FRAME_HEADER_BYTES / 4) + MIB
  return Math.max(SEGMENT_BYTES_MIN, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES)
}

/**
 * Records of the first lap, with which every log is warmed up: the code is compiled then, and every page of the ring
 * was touched. Until it is, the kernel gives each page at its first use, in the middle of an append.
 */
export function lapRecords(size: number): number {
  return Math.max(LAP_RECORDS_MIN, Math.ceil(RING_BYTES / recordBytes(size)) + 1)
}

/** The most records of this size for which `segmentBytesFor` is a segment. */
export function recordsMax(size: number): number {
  return Math.floor((SEGMENT_BYTES_MAX - MIB - PAGE_BYTES) / (recordBytes(size) + FRAME_HEADER_BYTES / 4))
}

/**
 * Opens a log whose current segment is prefilled and takes `records` records besides the first lap; does that lap, and
 * `practice`. When it returns, the next segment is made too, so that the steward rests; and all that was written is on
 * the disk, so that no write-back of earlier bytes is in the way.
 */
export async function openQuietLog(job: LogJob, records: number, practice?: (wal: Wal) => Promise<void>): Promise<Wal> {
  const { dir, policy, size } = job
  const lap = lapRecords(size)
  const segmentBytes = segmentBytesFor(lap + records, size)
  const wal = await Wal.open({ dir, sync: { policy }, segmentBytes, spareSegments: 1, ringBytes: RING_BYTES })
  await segmentsMade(dir, 1, segmentBytes)
  appendMany(wal, new Uint8Array(size).fill(5), lap)
  await practice?.(wal)
  await wal.flush()
  await segmentsMade(dir, 2, segmentBytes)
  settle(dir)
  return wal
}

/** Without a pause. */
export function appendMany(wal: Wal, payload: Uint8Array, records: number): void {
  for (let i = 0; i < records; i++) wal.appendBytes(payload)
}

/** Waits until the log has `count` segment files of full size. */
async function segmentsMade(dir: string, count: number, segmentBytes: number): Promise<void> {
  const deadline = performance.now() + SPARES_MS_MAX
  while (segmentSizes(dir).filter((size) => size === segmentBytes).length < count) {
    if (performance.now() > deadline) throw new Error(`the spare segments were not made in ${SPARES_MS_MAX} ms`)
    await sleep(5)
  }
}

/** Forces out every file of a directory, and the directory. */
export function settle(dir: string): void {
  for (const name of readdirSync(dir)) if (name.endsWith('.rwal')) sync(join(dir, name))
  if (process.platform !== 'win32') sync(dir)
}

/**
 * Closes the log and reads all of it back.
 * @throws Error unless exactly `records` whole records are in it: a rate over lost records is no rate
 */
export async function closeAndCount(wal: Wal, records: number): Promise<void> {
  await wal.close()
  const report = await verifyLog(wal.dir)
  if (report.ok && report.records === records && report.tornTail === null) return
  throw new Error(`appended ${records} records, and the log holds ${report.records} (${report.damage.length} damages)`)
}

function segmentSizes(dir: string): number[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.rwal'))
    .map((name) => statSync(join(dir, name)).size)
}

function sync(path: string): void {
  const file = openSync(path, constants.O_RDONLY)
  fsyncSync(file)
  closeSync(file)
}
