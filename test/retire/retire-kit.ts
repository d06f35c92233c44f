/** Logs with segments to retire, on a simulated disk: four records of 900 bytes fill a segment. */
import { decodeHeaderPage, HEADER_PAGE_BYTES, type SegmentHeader } from '../../src/format/index.ts'
import { checker, type HarnessSettings, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { pathOf, SMALL } from '../support/log-images.ts'
import { payload } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskCall } from '../support/simulated-disk-calls.ts'

export const PER_SEGMENT = 4
export const RECORD_BYTES = 900

/** Appends records, each durable, whose type is their LSN; the steward has a file ready before each. */
export function append(log: LogHarness, count: number): void {
  for (let i = 0; i < count; i++) {
    log.makeSpares()
    const lsn = log.appender.lastLsn + 1
    log.appender.appendBytes(payload(RECORD_BYTES, lsn), { type: lsn })
    log.flush()
  }
}

/** An open log of so many records. */
export function openLog(
  count: number,
  settings: HarnessSettings = {},
  disk: SimulatedDisk = new SimulatedDisk(),
): LogHarness {
  const log = LogHarness.open(disk, { ...SMALL, spareSegments: 1, ...settings })
  append(log, count)
  return log
}

/** Names in the log's directory, without leading zeros. */
export function names(disk: SimulatedDisk): string[] {
  return disk.list(LOG_DIR).sort().map(short)
}

/** `operation name` of each call since `before`, names without the directory and the zeros. */
export function words(calls: readonly DiskCall[]): string[] {
  return calls.map(({ operation, path, to, how }) => {
    const places = [path, to].flatMap((place) => (place === undefined ? [] : short(place.replace(LOG_DIR, 'dir'))))
    return [operation, ...places, how].filter((word) => word !== undefined).join(' ')
  })
}

function short(path: string): string {
  return path.replace(/^dir\//, '').replace(/(^|-)0+(?=\d+\.)/, '$1')
}

export function headerOf(disk: SimulatedDisk, segment: number): SegmentHeader {
  const { header } = decodeHeaderPage(disk.readFile(pathOf(segment)).subarray(0, HEADER_PAGE_BYTES), checker)
  if (header === undefined) throw new Error(`segment ${segment} has no header`)
  return header
}

export function identityOf(disk: SimulatedDisk, segment: number): string | undefined {
  return disk.statPath(pathOf(segment))?.identity
}
