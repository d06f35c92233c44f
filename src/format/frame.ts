import {
  CODEC_BYTES,
  FLAG_CODEC_MASK,
  FLAG_CODEC_SHIFT,
  FLAG_CONTINUES_BATCH,
  FRAME_CHECK_AT,
  FRAME_FLAGS_AT,
  FRAME_HEADER_BYTES,
  FRAME_KEY_AT,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_LSN_AT,
  FRAME_TIME_AT,
  FRAME_TYPE_AT,
} from './frame-layout.ts'

/** Bytes that a frame with this much payload takes, padding included. */
export function frameBytes(payloadLength: number): number {
  return (payloadLength + FRAME_HEADER_BYTES + 7) & ~7
}

/** A frame's header as read. */
export interface Frame {
  readonly check: bigint
  /** Payload bytes. */
  readonly length: number
  /** One of the KIND_ values. */
  readonly kind: number
  readonly continuesBatch: boolean
  /** One of the CODEC_ values. */
  readonly codec: number
  readonly type: number
  readonly lsn: number
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint
  readonly key: number
}

/** Reads the header of a frame that verified, at `at`. */
export function readFrame(view: DataView, at: number): Frame {
  const flags = view.getUint8(at + FRAME_FLAGS_AT)
  return {
    check: view.getBigUint64(at + FRAME_CHECK_AT, true),
    length: view.getUint32(at + FRAME_LENGTH_AT, true),
    kind: view.getUint8(at + FRAME_KIND_AT),
    continuesBatch: (flags & FLAG_CONTINUES_BATCH) !== 0,
    codec: (flags & FLAG_CODEC_MASK) >> FLAG_CODEC_SHIFT,
    type: view.getUint16(at + FRAME_TYPE_AT, true),
    lsn: readLsn(view, at),
    time: view.getBigUint64(at + FRAME_TIME_AT, true),
    key: view.getUint32(at + FRAME_KEY_AT, true),
  }
}

/** The frame's LSN; exact up to 2^53 - 1, which no log passes. */
export function readLsn(view: DataView, at: number): number {
  return view.getUint32(at + FRAME_LSN_AT + 4, true) * 4294967296 + view.getUint32(at + FRAME_LSN_AT, true)
}

export interface FrameFields {
  readonly kind: number
  readonly lsn: number
  readonly length?: number
  readonly codec?: number
  readonly continuesBatch?: boolean
  readonly type?: number
  readonly time?: bigint
  readonly key?: number
}

/** Writes a frame's header at `at`, all but the check. The payload's padding must be zero already. */
export function writeFrame(view: DataView, at: number, fields: FrameFields): void {
  const flags = ((fields.codec ?? CODEC_BYTES) << FLAG_CODEC_SHIFT) | (fields.continuesBatch ? FLAG_CONTINUES_BATCH : 0)
  view.setBigUint64(at + FRAME_CHECK_AT, 0n, true)
  view.setUint32(at + FRAME_LENGTH_AT, fields.length ?? 0, true)
  view.setUint8(at + FRAME_KIND_AT, fields.kind)
  view.setUint8(at + FRAME_FLAGS_AT, flags)
  view.setUint16(at + FRAME_TYPE_AT, fields.type ?? 0, true)
  view.setBigUint64(at + FRAME_LSN_AT, BigInt(fields.lsn), true)
  view.setBigUint64(at + FRAME_TIME_AT, fields.time ?? 0n, true)
  view.setUint32(at + FRAME_KEY_AT, fields.key ?? 0, true)
  view.setUint32(at + FRAME_KEY_AT + 4, 0, true)
}
