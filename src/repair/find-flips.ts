import {
  type ByteSource,
  FRAME_HEADER_BYTES,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  frameBytes,
  SINGLE_BIT_LONGEST,
  SingleBitFinder,
} from '../format/index.ts'
import type { Damage } from '../read/damage.ts'
import { lastLsnOf, takesLsn } from '../read/frame-walk.ts'
import { type ReadPorts, withFile } from '../read/log-view.ts'
import { scannerOf, walkSegment } from '../read/segment-walk.ts'
import { tolerantSource } from '../read/tolerant-source.ts'
import type { CopySource } from './copy-task.ts'
import type { Flip } from './own-frames.ts'

/** Bytes of a region that are looked at at once. A longer frame is not restored. */
const REGION_BYTES = 1 << 20
/**
 * The search costs the square of a frame's length, up to where every bit is tried, and some passes over all that is looked
 * at. A file made to harm gets about 2 s of it for each segment.
 */
const EFFORT_MAX = 2 ** 35
const EFFORT_PER_BYTE = 64
/** Flips of one segment that are turned back; a disk with more is not one of single bits. */
const FLIPS_MAX = 100_000

/** The bits of a segment's records and tombstones that, turned back, make them verify, where each is the only one that does. */
export function findFlips({ fs, memory }: ReadPorts, { segment, start }: CopySource): Flip[] {
  return withFile(fs, segment.path, (file) => {
    const source = tolerantSource(fs, file)
    const search = new FlipSearch(source, segment.header)
    for (const step of walkSegment(scannerOf(source, segment, memory, start), segment, source)) {
      if (step.kind === 'run') continue
      const lsnMax = step.damage.lostTo || segment.lsnMax || Number.MAX_SAFE_INTEGER
      if (step.found !== 'unreadable') search.searchRegion(step.damage, step.firstLost, lsnMax)
    }
    return search.flips
  })
}

class FlipSearch {
  readonly flips: Flip[] = []
  private readonly source: ByteSource
  private readonly limits: { readonly salt: bigint; readonly payloadMax: number }
  private readonly finder = new SingleBitFinder()
  private readonly room = new Uint8Array(REGION_BYTES)
  private effort = 0

  constructor(source: ByteSource, { salt, payloadMax }: { readonly salt: bigint; readonly payloadMax: number }) {
    this.source = source
    this.limits = { salt, payloadMax }
  }

  /** Frame by frame: behind one that is found, or whose length can be, the next one begins. */
  searchRegion({ offset, bytes }: Pick<Damage, 'offset' | 'bytes'>, firstLost: number, lsnMax: number): void {
    let lsnMin = firstLost
    for (let at = 0; at + FRAME_HEADER_BYTES <= bytes && lsnMin <= lsnMax && this.flips.length < FLIPS_MAX; ) {
      const region = this.read(offset + at, Math.min(bytes - at, REGION_BYTES))
      if (region === undefined) return
      const bit = this.finder.find(region, { ...this.limits, lsnMin, lsnMax })
      if (bit !== undefined) {
        region[bit.at]! ^= 1 << bit.bit
        if (takesLsn(region[FRAME_KIND_AT]!)) {
          this.flips.push({ offset: offset + at + bit.at, bit: bit.bit })
          lsnMin = lastLsnOf(viewOf(region), 0) + 1
        }
      }
      const size = bit?.bytes ?? this.statedSize(region)
      if (size === 0) return
      at += size
    }
  }

  private read(offset: number, length: number): Uint8Array | undefined {
    this.effort += Math.min(length, SINGLE_BIT_LONGEST) ** 2 + EFFORT_PER_BYTE * length
    if (this.effort > EFFORT_MAX) return undefined
    const got = this.source.read(this.room, 0, length, offset)
    return got < FRAME_HEADER_BYTES ? undefined : this.room.subarray(0, got)
  }

  /** Bytes of the frame as its header says; 0 if that can not be. */
  private statedSize(region: Uint8Array): number {
    const length = viewOf(region).getUint32(FRAME_LENGTH_AT, true)
    return length <= this.limits.payloadMax ? frameBytes(length) : 0
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset)
}
