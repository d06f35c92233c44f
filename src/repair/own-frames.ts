import {
  type Checker,
  FRAME_CHECK_AT,
  FRAME_HEADER_BYTES,
  FRAME_LENGTH_AT,
  FRAME_TAG_AT,
  type FrameFields,
  frameBytes,
  KIND_END,
  KIND_NOTE,
  KIND_TOMBSTONE,
  NOTE_RESTORED,
  NOTE_RESTORED_BYTES,
  writeFrame,
} from '../format/index.ts'

/** A bit of a file: byte offset, and 0, the lowest, to 7. */
export interface Flip {
  readonly offset: number
  readonly bit: number
}

/** Payload bytes of the tombstones that a repair writes. */
const RANGE_BYTES = 8

/**
 * The frames that a repair itself writes into a segment, sealed with the segment's salt. Their time is 0, not known, so that
 * the same log is repaired to the same bytes at any time.
 */
export class OwnFrames {
  /** Longest payload of any frame made so far: the segment's header must allow it. */
  longest = 0
  private readonly salt: bigint
  private readonly checker: Checker

  constructor(salt: bigint, checker: Checker) {
    this.salt = salt
    this.checker = checker
  }

  /** Stands for the LSNs from `first` to `last`. @param type a TOMBSTONE_ value */
  tombstone(first: number, last: number, type: number, continuesBatch: boolean): Uint8Array {
    return this.sealed({ kind: KIND_TOMBSTONE, lsn: first, type, continuesBatch }, RANGE_BYTES, (payload) =>
      payload.setBigUint64(0, BigInt(last), true),
    )
  }

  /** Says that the next frame, which takes `lsn`, had this bit the other way round. */
  restored(lsn: number, flip: Flip): Uint8Array {
    return this.sealed({ kind: KIND_NOTE, lsn, type: NOTE_RESTORED }, NOTE_RESTORED_BYTES, (payload) => {
      payload.setBigUint64(0, BigInt(flip.offset), true)
      payload.setUint32(8, flip.bit, true)
    })
  }

  /** Closes a segment whose last LSN is `last`. */
  end(last: number): Uint8Array {
    return this.sealed({ kind: KIND_END, lsn: last }, 0, () => {})
  }

  private sealed(fields: FrameFields, length: number, fill: (payload: DataView) => void): Uint8Array {
    const bytes = new Uint8Array(frameBytes(length))
    const view = new DataView(bytes.buffer)
    writeFrame(view, 0, { ...fields, length })
    fill(new DataView(bytes.buffer, FRAME_HEADER_BYTES))
    view.setUint32(FRAME_TAG_AT, Number(BigInt.asUintN(32, this.salt)), true)
    const check = this.checker.xxh64(bytes.subarray(FRAME_LENGTH_AT)) ^ this.salt
    view.setBigUint64(FRAME_CHECK_AT, check, true)
    this.longest = Math.max(this.longest, length)
    return bytes
  }
}
