/*
 * inferSalt(source: ByteSource, size: number, hints?: SaltHints, memory?: FrameMemory): InferredSalt | undefined
 */
import { FRAME_HEADER_BYTES, FRAME_PAYLOAD_LIMIT } from './frame-layout.ts'
import { createKernelMemory, type FrameMemory } from './frame-memory.ts'
import { type FrameChain, FrameProbe, firstLsn, type ProbeBounds } from './frame-probe.ts'
import { HEADER_PAGE_BYTES } from './header-layout.ts'
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
  /** The first LSN that a frame from there on takes; 0 if none is near. */
  readonly lsn: number
}

/**
 * The salt of a segment without a readable header, from its frames: the check of a frame XOR the XXH64 of what it covers.
 * The tag proves the low half of it; two frames that follow one another and agree prove it all. Those at 4096 do at once, as
 * the first frames stand there, if they reach over two sectors; else if no higher LSNs stand behind them. Else the salt with the
 * most bytes in such frames wins: a payload may hold frames of another log, and a recycled file those of its former life. A
 * frame at 4096 counts by itself where no two frames agree.
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
/** What a disk writes whole, or not at all. */
const SECTOR_BYTES = 512
/** Bytes that may be hashed for nothing, for each byte come forward and besides; then a place is passed over. */
const PATIENCE = 16
const PATIENCE_BESIDES: number = 1 << 26
/** What a read costs, in bytes hashed. */
const READ_COST = 1 << 14
/** A file has one salt, and those of what its payloads hold: no more are told apart. */
const SALTS_MAX = 64

interface Candidate {
  readonly first: FrameChain
  /** Of all its chains so far. */
  bytes: number
}

class SaltSearch {
  private readonly source: ByteSource
  private readonly end: number
  private readonly from: number
  private readonly bounds: ProbeBounds
  private readonly memory: FrameMemory
  private readonly probe: FrameProbe
  /** Bytes hashed for nothing. */
  private vain = 0

  constructor(source: ByteSource, end: number, memory: FrameMemory, hints: SaltHints) {
    this.source = source
    this.end = end
    this.memory = memory
    this.from = hints.from ?? HEADER_PAGE_BYTES
    this.bounds = {
      payloadMax: Math.min(hints.payloadMax ?? FRAME_PAYLOAD_LIMIT, FRAME_PAYLOAD_LIMIT),
      lsnMin: hints.lsnMin ?? 1,
      lsnMax: hints.lsnMax ?? Number.MAX_SAFE_INTEGER,
    }
    this.probe = new FrameProbe(source, end, this.bounds, memory)
  }

  run(): InferredSalt | undefined {
    const { probe } = this
    const salt = probe.saltAt(HEADER_PAGE_BYTES)
    const first = salt === undefined ? undefined : probe.chainFrom(HEADER_PAGE_BYTES, salt)
    const isProven = first !== undefined && first.end > HEADER_PAGE_BYTES + probe.sizeAt(HEADER_PAGE_BYTES)
    if (isProven && first.end > HEADER_PAGE_BYTES + 2 * SECTOR_BYTES) return inferredFrom(first)
    const found = this.longest(first?.end ?? this.from)
    // What ends so early may be an old sector come back: of a former life of the file, with lower LSNs.
    if (isProven && (found === undefined || found.lsn <= first.lsn)) return inferredFrom(first)
    const best = found ?? first
    return best && this.firstOf(best)
  }

  /** The first chain of the salt whose chains take the most bytes. */
  private longest(from: number): FrameChain | undefined {
    const salts = new Map<bigint, Candidate>()
    let best: Candidate | undefined
    for (let chain = this.nextChain(from); chain !== undefined; chain = this.nextChain(chain.end)) {
      const known = salts.get(chain.salt)
      const candidate = known ?? { first: chain, bytes: 0 }
      if (known === undefined && salts.size < SALTS_MAX) salts.set(chain.salt, candidate)
      candidate.bytes += chain.end - chain.offset
      if (best === undefined || candidate.bytes > best.bytes) best = candidate
      const rest = this.end - chain.end
      if (best.bytes > rest && !isRivalled(best, salts.values(), rest)) break
    }
    return best?.first
  }

  /** The next place where two frames that follow one another agree on a salt. */
  private nextChain(from: number): FrameChain | undefined {
    const { probe } = this
    for (let offset = from; offset + 2 * FRAME_HEADER_BYTES <= this.end; offset += 8) {
      const size = probe.sizeAt(offset)
      if (size === 0 || size + FRAME_HEADER_BYTES > this.end - offset) continue
      const isNear = probe.isLoaded(offset, size + FRAME_HEADER_BYTES)
      const cost = isNear ? size : READ_COST
      if (this.vain + cost > PATIENCE * (offset - this.from) + PATIENCE_BESIDES) continue
      const isPair = probe.haveSameTag(offset, offset + size)
      // A tag in memory costs nothing to look at.
      if (isPair || !isNear) this.vain += cost
      if (!isPair) continue
      this.vain += size
      const salt = probe.saltAt(offset)
      if (salt !== undefined && probe.saltAt(offset + size) === salt) return probe.chainFrom(offset, salt)
    }
    return undefined
  }

  /** The first frame of a chain's salt may stand before the chain, by itself. */
  private firstOf(chain: FrameChain): InferredSalt {
    const { source, end, memory } = this
    const { payloadMax, lsnMin, lsnMax } = this.bounds
    const start = Math.min(this.from, chain.offset)
    const settings = { salt: chain.salt, payloadMax, end, lsnMax, start, expected: lsnMin > 1 ? lsnMin : 0 }
    const scanner = new SegmentScanner(source, settings, memory)
    let { offset } = chain
    for (let step = scanner.next(); scanner.offset < chain.end && step.kind !== 'end'; step = scanner.next()) {
      if (step.kind === 'bad') continue
      offset = Math.min(offset, step.offset)
      const lsn = firstLsn(scanner.memory.view, step.from, step.to)
      if (lsn > 0) return { salt: chain.salt, offset, lsn }
    }
    return { salt: chain.salt, offset, lsn: chain.lsn }
  }
}

function inferredFrom({ salt, offset, lsn }: FrameChain): InferredSalt {
  return { salt, offset, lsn }
}

/** Whether another candidate could still come up to the best one with this many bytes more. */
function isRivalled(best: Candidate, candidates: Iterable<Candidate>, bytes: number): boolean {
  for (const one of candidates) if (one !== best && one.bytes + bytes >= best.bytes) return true
  return false
}
