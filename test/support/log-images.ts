/** Logs as they lie on a disk, for tests of what opening and reading make of them. */
import { type Frame, frameBytes, HEADER_PAGE_BYTES, readFrame, segmentName } from '../../src/format/index.ts'
import { LOG_DIR, LogHarness } from './log-harness.ts'
import { payload } from './log-records.ts'
import { SimulatedDisk } from './simulated-disk.ts'

export const SMALL = { policy: 'always', segmentBytes: 8192, ringBytes: 16384 } as const

export function pathOf(segment: number): string {
  return `${LOG_DIR}/${segmentName(segment)}`
}

/**
 * A log of `count` records of 900 bytes in segments of four, every one durable and, where another batch came behind it,
 * proven so by a mark.
 */
export function logOf(count: number, end: 'closed' | 'dead' = 'closed'): SimulatedDisk {
  const disk = new SimulatedDisk()
  const log = LogHarness.open(disk, SMALL)
  for (let lsn = 1; lsn <= count; lsn++) {
    log.appender.appendBytes(payload(900, lsn), { type: lsn })
    log.settle()
  }
  if (end === 'closed') log.close()
  const after = disk.processDeath()
  after.sync()
  return after
}

export interface PlacedFrame extends Frame {
  readonly offset: number
}

/** The frames of a whole segment, believed as they stand. */
export function framesIn(disk: SimulatedDisk, segment: number): PlacedFrame[] {
  const bytes = disk.readFile(pathOf(segment))
  const view = new DataView(bytes.buffer)
  const frames: PlacedFrame[] = []
  for (let offset = HEADER_PAGE_BYTES; offset + 40 <= bytes.length; ) {
    const frame = readFrame(view, offset)
    if (frame.kind === 0) break
    frames.push({ ...frame, offset })
    offset += frameBytes(frame.length)
  }
  return frames
}

/** The frame of a record. */
export function recordIn(disk: SimulatedDisk, segment: number, lsn: number): PlacedFrame {
  const frame = framesIn(disk, segment).find((frame) => frame.kind === 1 && frame.lsn === lsn)
  if (frame === undefined) throw new Error(`segment ${segment} has no record ${lsn}`)
  return frame
}

/** Changes a file's bytes in place. */
export function edit(
  disk: SimulatedDisk,
  path: string,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | undefined,
): void {
  const bytes = disk.readFile(path)
  disk.writeFile(path, change(bytes) ?? bytes)
}
