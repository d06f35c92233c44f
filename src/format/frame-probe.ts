import { frameBytes, readFrame, readLsn } from './frame.ts'
import {
  FLAG_UNKNOWN_MASK,
  FRAME_CHECK_AT,
  FRAME_FLAGS_AT,
  FRAME_HEADER_BYTES,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_TAG_AT,
  KIND_RECORD,
  KIND_SKIPPABLE_BIT,
  KIND_TOMBSTONE,
} from './frame-layout.ts'
import type { FrameMemory } from './frame-memory.ts'
import {
  SCAN_EXACT_AT,
  SCAN_LSN_AT,
  SCAN_LSN_MAX_AT,
  SCAN_MARK_AT,
  SCAN_MORE,
  SCAN_NEXT_AT,
  SCAN_OPEN_AT,
  SCAN_STOP_AT,
} from './kernel/scan-layout.ts'
import type { ByteSource } from './scan-step.ts'

/** What a frame must keep to, salt aside. */
export interface ProbeBounds {
  /** Bytes; FRAME_PAYLOAD_LIMIT at most. */
  readonly payloadMax: number
  readonly lsnMin: number
  readonly lsnMax: number
}

/** Frames of one salt that follow one another. */
export interface FrameChain {
  readonly salt: bigint
  readonly offset: number
  /** Offset behind the last. */
  readonly end: number
  /** The first LSN that one of them takes; 0 if none does. */
  readonly lsn: number
}

/** Looks at places of a segment whose salt is not known. */
export class FrameProbe {
  private readonly source: ByteSource
  private readonly end: number
  private readonly bounds: ProbeBounds
  private memory: FrameMemory
  /** Offset of the first byte in memory, and behind the last. */
  private base = 0
  private limit = 0
  /** The header of a frame that is not in memory. */
  private readonly apart = new DataView(new ArrayBuffer(FRAME_HEADER_BYTES))

  /** @param end offset behind the last byte, a multiple of 8 */
  constructor(source: ByteSource, end: number, bounds: ProbeBounds, memory: FrameMemory) {
    this.source = source
    this.end = end
    this.bounds = bounds
    this.memory = memory
  }

  /** Bytes of the frame that the header at `offset` tells of; 0 if none can stand there. It may reach past the end. */
  sizeAt(offset: number): number {
    this.load(offset, FRAME_HEADER_BYTES)
    return this.plausibleSize(this.memory.view, this.addressOf(offset))
  }

  /** Whether so many bytes from `offset` on can be looked at without reading. */
  isLoaded(offset: number, bytes: number): boolean {
    return offset >= this.base && offset + bytes <= this.limit
  }

  /** Whether the headers at two offsets, the first of which is loaded, carry the same tag, and both can stand. */
  haveSameTag(first: number, second: number): boolean {
    const isNear = this.isLoaded(second, FRAME_HEADER_BYTES)
    if (!isNear) this.source.read(new Uint8Array(this.apart.buffer), 0, FRAME_HEADER_BYTES, second)
    const [view, at] = isNear ? [this.memory.view, this.addressOf(second)] : [this.apart, 0]
    const tag = this.memory.view.getUint32(this.addressOf(first) + FRAME_TAG_AT, true)
    return view.getUint32(at + FRAME_TAG_AT, true) === tag && this.plausibleSize(view, at) > 0
  }

  /** The salt with which the frame at `offset` verifies; undefined if none can, or if its tag is not of that salt. */
  saltAt(offset: number): bigint | undefined {
    const size = this.loadFrame(offset)
    if (size === 0) return undefined
    const { view, kernel } = this.memory
    const at = this.addressOf(offset)
    const hash = kernel.xxh64(at + FRAME_LENGTH_AT, size - FRAME_LENGTH_AT)
    const salt = view.getBigUint64(at + FRAME_CHECK_AT, true) ^ hash
    const tag = view.getUint32(at + FRAME_TAG_AT, true)
    return BigInt.asUintN(32, salt) === BigInt(tag) ? salt : undefined
  }

  /** The frames from `offset` on, up to the first place where none verifies and fits. */
  chainFrom(offset: number, salt: bigint): FrameChain {
    let lsn = 0
    let end = offset
    while (this.loadFrame(end) > 0) {
      const { view, stateAt } = this.memory
      const at = this.addressOf(end)
      const next = this.scan(at, salt)
      if (lsn === 0) lsn = firstLsn(view, at, next)
      end += next - at
      if (next === at || view.getUint32(stateAt + SCAN_STOP_AT, true) !== SCAN_MORE) break
    }
    return { salt, offset, lsn, end }
  }

  /** @returns the address behind the frames that verify */
  private scan(at: number, salt: bigint): number {
    const { view, kernel, stateAt } = this.memory
    view.setBigUint64(stateAt + SCAN_LSN_AT, BigInt(this.bounds.lsnMin), true)
    view.setBigUint64(stateAt + SCAN_LSN_MAX_AT, BigInt(this.bounds.lsnMax), true)
    view.setBigUint64(stateAt + SCAN_MARK_AT, 0n, true)
    view.setUint32(stateAt + SCAN_EXACT_AT, 0, true)
    view.setUint32(stateAt + SCAN_OPEN_AT, 0, true)
    kernel.scan(at, this.addressOf(this.limit), salt, this.bounds.payloadMax, stateAt)
    return view.getUint32(stateAt + SCAN_NEXT_AT, true)
  }

  private plausibleSize(view: DataView, at: number): number {
    const { payloadMax, lsnMin, lsnMax } = this.bounds
    const kind = view.getUint8(at + FRAME_KIND_AT)
    if (kind === 0) return 0
    const length = view.getUint32(at + FRAME_LENGTH_AT, true)
    if (length > payloadMax) return 0
    const isKnown = kind <= KIND_TOMBSTONE && (view.getUint8(at + FRAME_FLAGS_AT) & FLAG_UNKNOWN_MASK) === 0
    if (!isKnown && (kind & KIND_SKIPPABLE_BIT) === 0) return 0
    const lsn = readLsn(view, at)
    const takesLsn = kind === KIND_RECORD || kind === KIND_TOMBSTONE
    return lsn > lsnMax || (takesLsn && lsn < lsnMin) ? 0 : frameBytes(length)
  }

  /** Loads what may be a frame, whole. @returns its bytes; 0 if none can stand there */
  private loadFrame(offset: number): number {
    if (offset + FRAME_HEADER_BYTES > this.end) return 0
    const size = this.sizeAt(offset)
    if (size > this.end - offset) return 0
    this.load(offset, size)
    return size
  }

  /** Sees to it that `need` bytes from `offset` on are in memory, or as many as there are. */
  private load(offset: number, need: number): void {
    if (this.isLoaded(offset, need)) return
    if (need > this.memory.capacity) this.memory = this.memory.larger(need)
    const { bytes, dataAt, capacity } = this.memory
    const wish = Math.min(capacity, this.end - offset)
    const got = this.source.read(bytes, dataAt, wish, offset)
    bytes.fill(0, dataAt + got, dataAt + wish)
    this.base = offset
    this.limit = offset + wish
  }

  private addressOf(offset: number): number {
    return offset - this.base + this.memory.dataAt
  }
}

/** The first LSN that a frame between two addresses takes; 0 if none does. */
export function firstLsn(view: DataView, from: number, to: number): number {
  for (let at = from; at < to; ) {
    const { kind, lsn, length } = readFrame(view, at)
    if (kind === KIND_RECORD || kind === KIND_TOMBSTONE) return lsn
    at += frameBytes(length)
  }
  return 0
}
