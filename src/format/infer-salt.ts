/*
 * inferSalt(source: ByteSource, size: number, hints?: SaltHints, memory?: FrameMemory): InferredSalt | undefined
 */

import { frameBytes, readFrame, readLsn } from './frame.ts'
import {
  FLAG_UNKNOWN_MASK,
  FRAME_CHECK_AT,
  FRAME_FLAGS_AT,
  FRAME_HEADER_BYTES,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_PAYLOAD_LIMIT,
  FRAME_TAG_AT,
  KIND_RECORD,
  KIND_SKIPPABLE_BIT,
  KIND_TOMBSTONE,
} from './frame-layout.ts'
import { createKernelMemory, type FrameMemory } from './frame-memory.ts'
import { HEADER_PAGE_BYTES } from './header-layout.ts'
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
import { SegmentScanner } from './segment-scanner.ts'

/** What is known of a segment whose header is lost. */
export interface SaltHints {
  /** Where the search begins; a multiple of 8. Behind the header page by default. */
  readonly from?: number
  /** Longest payload in bytes that is believed. FRAME_PAYLOAD_LIMIT by default. */
  readonly payloadMax?: number
  /** Bounds of the LSNs of its records, where its neighbours tell them. */
  readonly lsnMin?: number
  readonly lsnMax?: number
}

export interface InferredSalt {
  readonly salt: bigint
  /** Offset of the first frame that verifies with it. */
  readonly offset: number
  /** LSN of the first record or tombstone that follows there without a break; 0 if there is none. */
  readonly lsn: number
}

/**
 * The salt of a segment without a readable header, from its frames: the check of a frame XOR the XXH64 of what it covers.
 * The tag proves the low half of it; two frames that follow one another and agree prove it all. Those at 4096 do at once, as
 * the first frames stand there. Else the salt with the most bytes in such frames wins: a payload may hold frames of another
 * log, and a recycled file those of its former life. A frame at 4096 counts by itself where no two frames agree.
 *
 * Whatever the bytes are, the work is a few times that of reading them, and the memory that which is given, but for one
 * frame that is longer.
 * @param size bytes of the source
 * @param memory its content is lost; a new one of 1 MiB if not given
 * @returns undefined if no frames tell a salt
 * @throws ERR_RINGWAL_FORMAT at a frame that verifies but uses a feature this version does not know
 */
export function inferSalt(
  source: ByteSource,
  size: number,
  hints: SaltHints = {},
  memory: FrameMemory = createKernelMemory(CHUNK_BYTES),
): InferredSalt | undefined {
  return new SaltSearch(source, size - (size % 8), memory, hints).run()
}

const CHUNK_BYTES: number = 1 << 20
/** Bytes that may be hashed for nothing, for each byte come forward and besides; then a place is passed over. */
const PATIENCE = 16
const PATIENCE_BESIDES: number = 1 << 26
/** What a read costs, in bytes hashed. */
const READ_COST = 1 << 14
/** A file has one salt, and those of what its payloads hold: no more are told apart. */
const SALTS_MAX = 64

/** Frames that follow one another, and the offset behind them. */
interface Chain extends InferredSalt {
  readonly end: number
}

interface Candidate {
  readonly first: Chain
  /** Of all its chains so far. */
  bytes: number
}

class SaltSearch {
  private readonly source: ByteSource
  private readonly end: number
  private readonly from: number
  private readonly payloadMax: number
  private readonly lsnMin: number
  private readonly lsnMax: number
  private memory: FrameMemory
  /** Offset of the first byte in memory, and behind the last. */
  private base = 0
  private limit = 0
  /** Bytes hashed for nothing. */
  private vain = 0
  /** The header of a frame that is not in memory. */
  private readonly apart = new DataView(new ArrayBuffer(FRAME_HEADER_BYTES))

  constructor(source: ByteSource, end: number, memory: FrameMemory, hints: SaltHints) {
    this.source = source
    this.end = end
    this.memory = memory
    this.from = hints.from ?? HEADER_PAGE_BYTES
    this.payloadMax = Math.min(hints.payloadMax ?? FRAME_PAYLOAD_LIMIT, FRAME_PAYLOAD_LIMIT)
    this.lsnMin = hints.lsnMin ?? 1
    this.lsnMax = hints.lsnMax ?? Number.MAX_SAFE_INTEGER
  }

  run(): InferredSalt | undefined {
    const size = this.loadFrame(HEADER_PAGE_BYTES)
    const salt = size === 0 ? undefined : this.saltAt(HEADER_PAGE_BYTES, size)
    const first = salt === undefined ? undefined : this.chainFrom(HEADER_PAGE_BYTES, salt)
    const isProven = first !== undefined && first.end > HEADER_PAGE_BYTES + size
    if (isProven) return resultOf(first)
    const found = this.longest(first?.end ?? this.from) ?? first
    return found && this.firstOf(found)
  }

  /** The first frame of a chain's salt may stand before the chain, by itself. */
  private firstOf(chain: Chain): InferredSalt {
    const { source, payloadMax, end, lsnMax, from: start } = this
    const expected = this.lsnMin > 1 ? this.lsnMin : 0
    const settings = { salt: chain.salt, payloadMax, end, lsnMax, start: Math.min(start, chain.offset), expected }
    const scanner = new SegmentScanner(source, settings, this.memory)
    let offset = chain.offset
    for (let step = scanner.next(); scanner.offset < chain.end && step.kind !== 'end'; step = scanner.next()) {
      if (step.kind === 'bad') continue
      offset = Math.min(offset, step.offset)
      const lsn = firstLsn(scanner.memory.view, step.from, step.to)
      if (lsn > 0) return { salt: chain.salt, offset, lsn }
    }
    return resultOf({ ...chain, offset })
  }

  /** The first chain of the salt whose chains take the most bytes. */
  private longest(from: number): Chain | undefined {
    const salts = new Map<bigint, Candidate>()
    let best: Candidate | undefined
    for (let chain = this.nextChain(from); chain !== undefined; chain = this.nextChain(chain.end)) {
      const bytes = chain.end - chain.offset
      const known = salts.get(chain.salt)
      const candidate = known ?? { first: chain, bytes: 0 }
      if (known === undefined && salts.size < SALTS_MAX) salts.set(chain.salt, candidate)
      candidate.bytes += bytes
      if (best === undefined || candidate.bytes > best.bytes) best = candidate
      const rest = this.end - chain.end
      if (best.bytes > rest && !isRivalled(best, salts.values(), rest)) break
    }
    return best?.first
  }

  /** The next place where two frames that follow one another agree on a salt. */
  private nextChain(from: number): Chain | undefined {
    for (let offset = from; offset + 2 * FRAME_HEADER_BYTES <= this.end; offset += 8) {
      if (offset < this.base || offset + FRAME_HEADER_BYTES > this.limit) this.load(offset, 0)
      const at = this.addressOf(offset)
      const size = this.plausibleSize(this.memory.view, at)
      if (size === 0 || size + FRAME_HEADER_BYTES > this.end - offset) continue
      const isNear = offset + size + FRAME_HEADER_BYTES <= this.limit
      const cost = isNear ? size : READ_COST
      if (this.vain + cost > PATIENCE * (offset - this.from) + PATIENCE_BESIDES) continue
      const tag = this.memory.view.getUint32(at + FRAME_TAG_AT, true)
      if (tag !== this.tagAt(offset + size, isNear)) {
        if (!isNear) this.vain += cost
        continue
      }
      this.vain += isNear ? 2 * size : READ_COST + 2 * size
      const salt = this.agreedSalt(offset)
      if (salt !== undefined) return this.chainFrom(offset, salt)
    }
    return undefined
  }

  /** The tag of what may be a frame at `offset`; -1 if none can stand there. */
  private tagAt(offset: number, isLoaded: boolean): number {
    if (!isLoaded) this.source.read(new Uint8Array(this.apart.buffer), 0, FRAME_HEADER_BYTES, offset)
    const [view, at] = isLoaded ? [this.memory.view, this.addressOf(offset)] : [this.apart, 0]
    return this.plausibleSize(view, at) === 0 ? -1 : view.getUint32(at + FRAME_TAG_AT, true)
  }

  private agreedSalt(offset: number): bigint | undefined {
    const size = this.loadFrame(offset)
    const salt = size === 0 ? undefined : this.saltAt(offset, size)
    if (salt === undefined) return undefined
    const next = this.loadFrame(offset + size)
    return next > 0 && this.saltAt(offset + size, next) === salt ? salt : undefined
  }

  /** Frames from `offset` on, up to the first place where none verifies and fits. */
  private chainFrom(offset: number, salt: bigint): Chain {
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
    view.setBigUint64(stateAt + SCAN_LSN_AT, BigInt(this.lsnMin), true)
    view.setBigUint64(stateAt + SCAN_LSN_MAX_AT, BigInt(this.lsnMax), true)
    view.setBigUint64(stateAt + SCAN_MARK_AT, 0n, true)
    view.setUint32(stateAt + SCAN_EXACT_AT, 0, true)
    view.setUint32(stateAt + SCAN_OPEN_AT, 0, true)
    kernel.scan(at, this.addressOf(this.limit), salt, this.payloadMax, stateAt)
    return view.getUint32(stateAt + SCAN_NEXT_AT, true)
  }

  /** The salt with which a whole frame in memory verifies; undefined if its tag is not of it. */
  private saltAt(offset: number, size: number): bigint | undefined {
    const { view, kernel } = this.memory
    const at = this.addressOf(offset)
    const hash = kernel.xxh64(at + FRAME_LENGTH_AT, size - FRAME_LENGTH_AT)
    const salt = view.getBigUint64(at + FRAME_CHECK_AT, true) ^ hash
    const tag = view.getUint32(at + FRAME_TAG_AT, true)
    return BigInt.asUintN(32, salt) === BigInt(tag) ? salt : undefined
  }

  /** Bytes of the frame whose header stands at `at`; 0 if none of this version, in these bounds, can have such a header. */
  private plausibleSize(view: DataView, at: number): number {
    const kind = view.getUint8(at + FRAME_KIND_AT)
    if (kind === 0) return 0
    const length = view.getUint32(at + FRAME_LENGTH_AT, true)
    if (length > this.payloadMax) return 0
    const isKnown = kind <= KIND_TOMBSTONE && (view.getUint8(at + FRAME_FLAGS_AT) & FLAG_UNKNOWN_MASK) === 0
    if (!isKnown && (kind & KIND_SKIPPABLE_BIT) === 0) return 0
    const lsn = readLsn(view, at)
    const takesLsn = kind === KIND_RECORD || kind === KIND_TOMBSTONE
    return lsn > this.lsnMax || (takesLsn && lsn < this.lsnMin) ? 0 : frameBytes(length)
  }

  /** Loads what may be a frame, whole. @returns its bytes; 0 if none can stand there */
  private loadFrame(offset: number): number {
    if (offset + FRAME_HEADER_BYTES > this.end) return 0
    this.load(offset, FRAME_HEADER_BYTES)
    const size = this.plausibleSize(this.memory.view, this.addressOf(offset))
    if (size > this.end - offset) return 0
    this.load(offset, size)
    return size
  }

  /** Sees to it that the bytes from `offset` on are in memory: `need` of them or, where they must be read, all that fit. */
  private load(offset: number, need: number): void {
    if (need > 0 && offset >= this.base && offset + need <= this.limit) return
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

/** Whether another candidate could still come up to the best one with this many bytes more. */
function isRivalled(best: Candidate, candidates: Iterable<Candidate>, bytes: number): boolean {
  for (const one of candidates) if (one !== best && one.bytes + bytes >= best.bytes) return true
  return false
}

function resultOf({ salt, offset, lsn }: InferredSalt): InferredSalt {
  return { salt, offset, lsn }
}

/** The first LSN that a frame between two addresses takes; 0 if none does. */
function firstLsn(view: DataView, from: number, to: number): number {
  for (let at = from; at < to; ) {
    const { kind, lsn, length } = readFrame(view, at)
    if (kind === KIND_RECORD || kind === KIND_TOMBSTONE) return lsn
    at += frameBytes(length)
  }
  return 0
}
