import {
  type ByteSource,
  type Checker,
  createKernelMemory,
  decodeHeaderPage,
  FRAME_PAYLOAD_LIMIT,
  HEADER_BYTES,
  HEADER_COPY_B_AT,
  HEADER_PAGE_BYTES,
  type InferredSalt,
  inferSalt,
  parseSegmentName,
  readLsn,
  type SegmentHeader,
  SegmentScanner,
} from '../format/index.ts'
import type { FileSystem } from './file-system.ts'
import { isIoError } from './io-error.ts'
import { commonLogId } from './segment-chain.ts'
import type { SegmentCandidate } from './segment-files.ts'
import { type SegmentProblem, segmentProblem } from './segment-problem.ts'

export interface InferredHeader {
  readonly header: SegmentHeader
  /** `bit`: the page's own, with one bit flipped back, or one of two copies that differ. */
  readonly from: 'bit' | 'frames'
}

/** What a segment whose header is lost takes over from the others of its log. */
type HeaderKin = Pick<SegmentHeader, 'logId' | 'epoch' | 'codecSettings' | 'payloadMax'>

/** Of a log in which no header is left. */
const NO_KIN: HeaderKin = {
  logId: '0'.repeat(32),
  epoch: 0,
  codecSettings: 0,
  payloadMax: FRAME_PAYLOAD_LIMIT,
}

/** A segment of which a copy of the header is good. */
interface Witness {
  readonly number: number
  readonly header: SegmentHeader
}

/**
 * Finds headers for segments without a good copy, by rising number: the page itself where one bit is all that is wrong with
 * it, else what frames, name and the other segments tell.
 */
export class HeaderInference {
  private readonly fs: FileSystem
  private readonly checker: Checker
  private readonly witnesses: readonly Witness[]
  private readonly kin: HeaderKin
  /** Segments found so far. */
  private readonly found: Witness[] = []

  constructor(fs: FileSystem, checker: Checker, candidates: readonly SegmentCandidate[]) {
    this.fs = fs
    this.checker = checker
    const all = candidates.flatMap(({ number, page: { header } }) => (header === undefined ? [] : { number, header }))
    const logId = commonLogId(all.map(({ header }) => header))
    this.witnesses = all.filter(({ number, header }) => header.logId === logId && header.number === number)
    this.kin = this.witnesses.at(-1)?.header ?? NO_KIN
  }

  /** @returns `copy` of another segment's file, undefined if nothing tells; in any case, that it was lost is a problem */
  infer(candidate: SegmentCandidate, problems: SegmentProblem[]): InferredHeader | 'copy' | undefined {
    const found = this.look(candidate)
    if (typeof found === 'number') {
      const message = `no copy of its header verifies, and its frames are those of segment ${found}`
      problems.push(segmentProblem('duplicate-segment', candidate.name, message))
      return 'copy'
    }
    const rest =
      found === undefined ? 'no frame tells the salt that its records need' : 'its frames can be read all the same'
    const kind = candidate.readError === undefined ? 'segment-header' : 'unreadable'
    const why = candidate.readError ?? 'no copy of the header verifies'
    problems.push(segmentProblem(kind, candidate.name, `${why}; ${rest}`))
    if (found !== undefined) this.found.push({ number: candidate.number, header: found.header })
    return found
  }

  /** @returns the number of the segment that it is a copy of, if it is one */
  private look(candidate: SegmentCandidate): InferredHeader | number | undefined {
    try {
      const file = this.fs.open(candidate.path, 'read')
      try {
        const restored = this.restore(file, candidate)
        if (restored !== undefined) return { header: restored, from: 'bit' }
        const salt = this.findSalt(file, candidate)
        if (salt === undefined) return undefined
        const original = [...this.witnesses, ...this.found].find(({ header }) => header.salt === salt.salt)
        return original?.number ?? { header: this.headerFor(file, candidate, salt), from: 'frames' }
      } finally {
        this.fs.close(file)
      }
    } catch (error) {
      if (isIoError(error, 'ENOENT', 'EIO')) return undefined
      throw error
    }
  }

  /** By flipping one bit back, or by taking one of two copies; never where the two would then tell two things. */
  private restore(file: number, { number, damage, readError }: SegmentCandidate): SegmentHeader | undefined {
    if (readError !== undefined) return undefined
    const page = new Uint8Array(HEADER_PAGE_BYTES)
    this.fs.read(file, page, 0, HEADER_PAGE_BYTES, 0)
    for (const { singleBit } of damage) {
      if (singleBit !== null && isInCopy(singleBit.offset)) page[singleBit.offset]! ^= 1 << singleBit.bit
    }
    return decodeHeaderPage(page, this.checker).header ?? this.copyOf(number, page)
  }

  /** Of two good copies that differ, that of this file's number: the other is an old sector, of a former life of the file. */
  private copyOf(number: number, page: Uint8Array): SegmentHeader | undefined {
    const own = [0, HEADER_COPY_B_AT].flatMap((at) => {
      const alone = page.slice()
      alone.fill(0, HEADER_COPY_B_AT - at, HEADER_COPY_B_AT - at + HEADER_BYTES)
      const { header } = decodeHeaderPage(alone, this.checker)
      return header?.number === number ? [header] : []
    })
    return own.length === 1 ? own[0] : undefined
  }

  /** Its records stand between those of its neighbours: others are of a former life of the file, or of another place. */
  private findSalt(file: number, { name, number, size }: SegmentCandidate): InferredSalt | undefined {
    const before = this.witnesses.findLast((one) => one.number < number)
    const behind = this.witnesses.find((one) => one.number > number)
    const lsnMin = Math.max(1, this.found.at(-1)?.header.firstLsn ?? 1, before?.header.firstLsn ?? 1)
    const lsnMax = behind === undefined ? Number.MAX_SAFE_INTEGER : behind.header.firstLsn - 1
    if (lsnMax < lsnMin) return undefined
    const found = inferSalt(this.sourceOf(file), size, { payloadMax: this.kin.payloadMax, lsnMin, lsnMax })
    // Of a recycled file perhaps only frames of its former life are left. Those of this one began right behind the page, and
    // the first file of a log had no other life.
    const isOwn = found?.offset === HEADER_PAGE_BYTES || before !== undefined || parseSegmentName(name) === 1
    return isOwn ? found : undefined
  }

  private sourceOf(file: number): ByteSource {
    return { read: (into, at, length, position) => this.fs.read(file, into, at, length, position) }
  }

  private headerFor(file: number, { name, number, size }: SegmentCandidate, found: InferredSalt): SegmentHeader {
    const { logId, epoch, codecSettings, payloadMax } = this.kin
    const { salt } = found
    // The first frames may be lost as well. Where a log begins is known; what is missing behind another segment shows there.
    const hasBefore = this.found.length > 0 || this.witnesses.some((one) => one.number < number)
    const lowest = (): number => (hasBefore ? Math.max(1, found.lsn) : this.lowestLsn(file, size, found))
    const firstLsn = parseSegmentName(name) === 1 ? 1 : lowest()
    const previous = { lastLsn: firstLsn - 1, endOffset: 0, lastCheck: 0n }
    const rest = { salt, created: 0n, previous, recycledSalt: 0n }
    return { logId, epoch, codecSettings, payloadMax, number, firstLsn, ...rest }
  }

  /** The lowest LSN in the file: what stands first may be a later sector in a wrong place. */
  private lowestLsn(file: number, size: number, { salt, lsn }: InferredSalt): number {
    const memory = createKernelMemory(1 << 20)
    const end = size - (size % 8)
    let lowest = Math.max(1, lsn)
    for (let pass = 0; pass < PASSES_MAX && lowest > 1; pass++) {
      const settings = { salt, payloadMax: this.kin.payloadMax, end, expected: 0, lsnMax: lowest - 1 }
      const lower = firstLsnOf(new SegmentScanner(this.sourceOf(file), settings, memory))
      if (lower === undefined) break
      lowest = lower
    }
    return lowest
  }
}

/** The LSN of the first frame that a scanner meets which takes one. */
function firstLsnOf(scanner: SegmentScanner): number | undefined {
  scanner.paceFrom = 0
  for (let step = scanner.next(); step.kind !== 'end'; step = scanner.next()) {
    if (step.kind === 'run' && scanner.expected > 0) return readLsn(scanner.memory.view, step.from)
  }
  return undefined
}

/** Frames out of their place, each before those with lower LSNs: more than this many deep nobody looks. */
const PASSES_MAX = 16

function isInCopy(offset: number): boolean {
  return offset < HEADER_BYTES || (offset >= HEADER_COPY_B_AT && offset < HEADER_COPY_B_AT + HEADER_BYTES)
}
