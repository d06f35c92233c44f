import {
  FRAME_HEADER_BYTES,
  frameBytes,
  KIND_END,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
  TOMBSTONE_ABANDONED,
  writeFrame,
} from '../format/index.ts'
import type { AbandonedClaim } from '../ring/index.ts'

/* The frames that the writer itself puts into the log; their checks are set when they are sealed. */

/** A note that everything up to `durable` is durable. Takes FRAME_HEADER_BYTES. */
export function writeMarkFrame(view: DataView, at: number, durable: number, time: bigint): void {
  writeFrame(view, at, { kind: KIND_SYNC_MARK, lsn: durable, time })
}

/** The end of a segment whose records, up to `last`, are all durable. Takes FRAME_HEADER_BYTES. */
export function writeEndFrame(view: DataView, at: number, last: number, time: bigint): void {
  writeFrame(view, at, { kind: KIND_END, lsn: last, time })
}

/**
 * A tombstone over a claim whose thread died, in just its bytes, for all the LSNs it took, the first of which is `lsn`.
 * @returns false if the claim's size can not be that of a frame
 */
export function buryClaim(view: DataView, claim: AbandonedClaim, lsn: number, time: bigint): boolean {
  const length = claim.bytes - FRAME_HEADER_BYTES
  if (length < 0 || frameBytes(length) !== claim.bytes) return false
  new Uint8Array(view.buffer, claim.at, claim.bytes).fill(0)
  writeFrame(view, claim.at, { kind: KIND_TOMBSTONE, lsn, length, type: TOMBSTONE_ABANDONED, time })
  if (length >= 8) view.setBigUint64(claim.at + FRAME_HEADER_BYTES, BigInt(lsn + claim.count - 1), true)
  return true
}
