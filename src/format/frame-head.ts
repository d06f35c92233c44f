import { frameBytes, readLsn } from './frame.ts'
import {
  FLAG_UNKNOWN_MASK,
  FRAME_CHECK_AT,
  FRAME_FLAGS_AT,
  FRAME_HEADER_BYTES,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_LSN_AT,
  FRAME_PAYLOAD_LIMIT,
  FRAME_TAG_AT,
  KIND_END,
  KIND_RECORD,
  KIND_SKIPPABLE_BIT,
  KIND_TOMBSTONE,
} from './frame-layout.ts'
import { withFlip } from './with-flip.ts'

/** What a frame must keep to, check aside, to be taken where it stands. */
export interface FrameLimits {
  readonly salt: bigint
  /** Bytes; FRAME_PAYLOAD_LIMIT at most, whatever it says. */
  readonly payloadMax: number
  /** The lowest LSN that the next record may carry, and the highest that any frame may. */
  readonly lsnMin: number
  readonly lsnMax: number
}

/** The header, and the range of a tombstone, which stands right behind it: all that tells whether a frame can stand. */
export const FRAME_HEAD_BYTES: number = FRAME_HEADER_BYTES + 8

/** A copy of the first bytes of what may be a frame, to be asked what it would be with one bit flipped. */
export class FrameHead {
  private readonly bytes = new Uint8Array(FRAME_HEAD_BYTES)
  private readonly view = new DataView(this.bytes.buffer)
  private readonly limits: FrameLimits
  private readonly tag: number
  /** Bytes that there are for the whole frame. */
  private readonly room: number

  constructor(region: Uint8Array, limits: FrameLimits) {
    this.bytes.set(region.subarray(0, FRAME_HEAD_BYTES))
    this.limits = limits
    this.tag = Number(BigInt.asUintN(32, limits.salt))
    this.room = region.length
  }

  /** XXH64 of the rest that the check stands for. */
  get wantedHash(): bigint {
    return BigInt.asUintN(64, this.view.getBigUint64(FRAME_CHECK_AT, true) ^ this.limits.salt)
  }

  /** Bytes of the whole frame that its length tells of; 0 if the length can not be, or the frame would not end in the room. */
  get size(): number {
    const length = this.view.getUint32(FRAME_LENGTH_AT, true)
    if (length > Math.min(this.limits.payloadMax, FRAME_PAYLOAD_LIMIT)) return 0
    const size = frameBytes(length)
    return size <= this.room ? size : 0
  }

  /** Whether more than one bit of the tag is wrong. */
  get hasForeignTag(): boolean {
    const difference = this.view.getUint32(FRAME_TAG_AT, true) ^ this.tag
    return (difference & (difference - 1)) !== 0
  }

  /** Whether the format, in this version, takes a frame of this head here, if its check holds. */
  get canStand(): boolean {
    const { lsnMin, lsnMax } = this.limits
    const kind = this.bytes[FRAME_KIND_AT]!
    const isKnown = kind > 0 && kind <= KIND_TOMBSTONE && (this.bytes[FRAME_FLAGS_AT]! & FLAG_UNKNOWN_MASK) === 0
    if (!isKnown && (kind & KIND_SKIPPABLE_BIT) === 0) return false
    if (this.size === 0 || this.view.getUint32(FRAME_TAG_AT, true) !== this.tag) return false
    // Doubles round an LSN above 2^53 to no less than that, which is above any limit.
    const lsn = readLsn(this.view, 0)
    if (lsn > lsnMax) return false
    if (kind === KIND_RECORD) return lsn >= lsnMin
    if (kind === KIND_TOMBSTONE) return lsn >= lsnMin && this.lastLsn >= lsn && this.lastLsn <= lsnMax
    return kind !== KIND_END || lsn + 1 >= lsnMin
  }

  /** What `read` gives while this bit of the frame is flipped; one behind the head changes nothing of it. */
  withFlip<T>(bit: number, read: (head: this) => T): T {
    if (bit >= 8 * FRAME_HEAD_BYTES) return read(this)
    return withFlip(this.bytes, bit, () => read(this))
  }

  /** The last LSN of a tombstone. */
  private get lastLsn(): number {
    const hasRange = this.view.getUint32(FRAME_LENGTH_AT, true) >= 8
    const at = hasRange ? FRAME_HEADER_BYTES : FRAME_LSN_AT
    return this.view.getUint32(at + 4, true) * 4294967296 + this.view.getUint32(at, true)
  }
}
