import {
  type ByteSource,
  FRAME_HEADER_BYTES,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  SINGLE_BIT_LONGEST,
  SingleBitFinder,
} from '../format/index.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { DamageClass } from './damage.ts'
import type { DamagedPlace } from './segment-walk.ts'

/** Bytes of a region that are looked at: more than any frame of which every bit is tried. */
const REGION_BYTES_MAX = 2 * SINGLE_BIT_LONGEST
/**
 * The search costs the square of a frame's length, about 50 ms for this much. A file made to harm could ask for it at every
 * step; after this much per walk, frames are only told to be damaged, not how.
 */
const EFFORT_MAX = 2 ** 30

/** The finder keeps memory of its own: one a thread. */
let finder: SingleBitFinder | undefined

/** Looks, at the places of one walk where a frame does not verify, for the one bit that was flipped. */
export class BitSearch {
  private readonly source: ByteSource
  private readonly segment: StoredSegment
  private effort = 0

  constructor(source: ByteSource, segment: StoredSegment) {
    this.source = source
    this.segment = segment
  }

  /** The place, with the bit if there is one, and then with the class that the bit tells. */
  explain(place: DamagedPlace): DamagedPlace {
    const { damage, found, firstLost } = place
    if (found !== 'check' && found !== 'length' && found !== 'cut') return place
    const length = Math.min(damage.bytes, REGION_BYTES_MAX)
    this.effort += Math.min(length, SINGLE_BIT_LONGEST) ** 2
    if (this.effort > EFFORT_MAX) return place
    const region = new Uint8Array(length)
    const got = this.source.read(region, 0, length, damage.offset)
    const { header, lsnMax } = this.segment
    const limits = { lsnMin: firstLost, lsnMax: lsnMax ?? Number.MAX_SAFE_INTEGER }
    finder ??= new SingleBitFinder()
    const bit = finder.find(region.subarray(0, got), { salt: header.salt, payloadMax: header.payloadMax, ...limits })
    if (bit === undefined || !this.isAll(place, bit.bytes)) return place
    const singleBit = { offset: damage.offset + bit.at, bit: bit.bit }
    return { ...place, damage: { ...damage, class: classOfByte(bit.at), singleBit } }
  }

  /**
   * Whether a frame of so many bytes explains all of a region: else more is wrong there than one bit. Where a segment's end is
   * not known, zeros behind its last frame are as they should be.
   */
  private isAll({ damage, follows }: DamagedPlace, bytes: number): boolean {
    if (bytes === damage.bytes) return true
    return follows === 'nothing' && this.segment.lastLsn === undefined && this.isZero(damage.offset + bytes)
  }

  /** Whether there are nothing but zeros from an offset on. */
  private isZero(from: number): boolean {
    const chunk = new Uint8Array(REGION_BYTES_MAX)
    for (let at = from; at < this.segment.end; at += chunk.length) {
      const got = this.source.read(chunk, 0, Math.min(chunk.length, this.segment.end - at), at)
      if (chunk.subarray(0, got).some((byte) => byte !== 0)) return false
    }
    return true
  }
}

/** The class of damage to one byte of a frame. The check is of the header, but tells nothing of where the record ends. */
function classOfByte(at: number): DamageClass {
  if (at >= FRAME_LENGTH_AT && at < FRAME_KIND_AT) return 'length'
  return at < FRAME_HEADER_BYTES ? 'header' : 'payload'
}
