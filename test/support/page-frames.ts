/**
 * Segments built frame by frame, of which every frame takes one page, whatever its kind: what is done to a page is done to
 * one frame, and a page that can not be read is a frame that can not be read.
 */
import {
  encodeHeaderPage,
  FRAME_HEADER_BYTES,
  frameBytes,
  HEADER_PAGE_BYTES,
  KIND_END,
  KIND_RECORD,
  KIND_SYNC_MARK,
  type PreviousSegment,
  type SegmentHeader,
} from '../../src/format/index.ts'
import { type FrameSpec, frameOf, joined } from '../format/segment-bytes.ts'
import { checker } from './log-harness.ts'
import { payload } from './log-records.ts'
import { PAGE_BYTES } from './unreadable-pages.ts'

export const PAYLOAD_BYTES: number = PAGE_BYTES - FRAME_HEADER_BYTES

export function record(lsn: number): FrameSpec {
  return { kind: KIND_RECORD, lsn, type: 1, payload: payload(PAYLOAD_BYTES, lsn) }
}

export function mark(lsn: number): FrameSpec {
  return { kind: KIND_SYNC_MARK, lsn, payload: payload(PAYLOAD_BYTES, lsn) }
}

export function end(lsn: number): FrameSpec {
  return { kind: KIND_END, lsn, payload: payload(PAYLOAD_BYTES, lsn) }
}

export interface PageSegment {
  readonly header: SegmentHeader
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What the next segment's header says of it, if nothing happens to it. */
  readonly previous: PreviousSegment
}

/** Segment 1 of a log, unless the header says otherwise. */
export function pageSegment(frames: readonly FrameSpec[], header: Partial<SegmentHeader> = {}): PageSegment {
  const whole: SegmentHeader = {
    logId: '0123456789abcdef'.repeat(2),
    number: 1,
    firstLsn: 1,
    salt: 0x1234_5678_9abc_def1n + BigInt(header.number ?? 1),
    created: 1n,
    epoch: 1,
    previous: { lastLsn: 0, endOffset: 0, lastCheck: 0n },
    codecSettings: 0,
    payloadMax: 1 << 20,
    recycledSalt: 0n,
    ...header,
  }
  const parts = frames.map((frame) => frameOf(frame, whole.salt))
  const bytes = joined(encodeHeaderPage(whole, checker), ...parts) as Uint8Array<ArrayBuffer>
  const lastCheck = parts.length === 0 ? 0n : new DataView(parts.at(-1)!.buffer).getBigUint64(0, true)
  const lastLsn = frames.findLast(({ kind }) => kind === KIND_RECORD)?.lsn ?? whole.firstLsn - 1
  return { header: whole, bytes, previous: { lastLsn, endOffset: bytes.length, lastCheck } }
}

/** File offset of a frame, by its index. */
export function pageOf(index: number): number {
  return HEADER_PAGE_BYTES + index * frameBytes(PAYLOAD_BYTES)
}
