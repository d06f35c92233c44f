import { RingwalError } from '../errors.ts'
import { FRAME_HEADER_BYTES, FRAME_TAG_AT, frameBytes, HEADER_PAGE_BYTES } from '../format/index.ts'
import type { SegmentListing, SegmentProblem, StoredSegment } from '../storage/segment-directory.ts'
import type { Entry } from './entry.ts'
import { type ReadPorts, viewLog } from './log-view.ts'
import { reportProblem } from './read-log.ts'
import type { ReadPlan } from './read-options.ts'
import { isRetiredError, withSegment } from './retired.ts'
import { readSegment } from './segment-reader.ts'
import { fileSource, scannerOf, witnessIn } from './segment-walk.ts'

/** Where a follower stands in one segment. */
interface Place {
  readonly segment: number
  /** Offset of the first frame not yet handed out. */
  offset: number
  /** Offset up to which marks were looked for, and the highest LSN they prove durable. */
  scanned: number
  proven: number
  /** Offset of the last mark: what stands before it is durable. */
  proof: number
  /** How often nothing but stale bytes was found at `scanned`. */
  stale: number
}

/**
 * Entries as they become durable, for ever or until `signal`. What is durable is what the files prove: the highest sync
 * mark of the last segment, and all of those before it. So it works from any process, also on a read-only mount.
 * @throws ERR_RINGWAL_RETIRED, with `from` and `to`, if LSNs were retired before the follower came to them
 */
export async function* followLog(ports: ReadPorts, dir: string, plan: ReadPlan): AsyncGenerator<Entry> {
  const follower = new Follower(ports, plan)
  while (!plan.signal?.aborted && !follower.isDone) {
    try {
      for (const entry of follower.look(viewLog(ports, dir))) {
        yield entry
        if (plan.signal?.aborted) return
      }
    } catch (error) {
      if (!isRetiredError(error) || follower.hasMissed) throw error
      // What is left now tells whether anything was missed.
      continue
    }
    if (!follower.isDone) await pause(plan)
  }
}

class Follower {
  /** Set once LSNs that were to come next are gone. */
  hasMissed = false
  private readonly ports: ReadPorts
  private readonly plan: ReadPlan
  private nextLsn: number
  private place: Place | undefined
  private readonly told: Set<string> = new Set()

  constructor(ports: ReadPorts, plan: ReadPlan) {
    this.ports = ports
    this.plan = plan
    this.nextLsn = plan.from
  }

  get isDone(): boolean {
    return this.nextLsn > this.plan.to
  }

  /** What became durable since the last look. @throws ERR_RINGWAL_RETIRED; for damage as the plan wishes */
  *look({ segments, problems }: SegmentListing): Generator<Entry> {
    for (const problem of problems) this.tell(problem)
    this.requireNext(segments[0]?.header.firstLsn ?? 0)
    for (const segment of segments) {
      if (this.place !== undefined && segment.number < this.place.segment) continue
      if (segment.lsnMax !== undefined && segment.lsnMax < this.nextLsn) continue
      if (this.place?.segment !== segment.number) this.place = startOf(segment)
      const durable = segment.lsnMax ?? lookForMarks(this.ports, segment, this.place)
      if (durable >= this.nextLsn) yield* this.readOn(segment, this.place, durable)
    }
  }

  /** What is wrong with the segments, a missing one too: each is told once. */
  private tell(problem: SegmentProblem): void {
    const name = `${problem.class} ${problem.file} ${problem.message}`
    if (this.told.has(name)) return
    this.told.add(name)
    reportProblem(this.plan, problem)
  }

  private *readOn(segment: StoredSegment, place: Place, durable: number): Generator<Entry> {
    const window = { ...this.plan, from: this.nextLsn, to: Math.min(this.plan.to, durable) }
    for (const entry of readSegment(this.ports, segment, window, segment.end, place.offset)) {
      place.offset = entry.offset + frameBytes(entry.length)
      this.nextLsn = entry.lsn + 1
      yield entry
    }
    this.nextLsn = durable + 1
    place.offset = Math.max(place.offset, place.proof)
  }

  /** Who has begun misses nothing in silence; who has not begins where the log does. */
  private requireNext(first: number): void {
    if (first <= this.nextLsn) return
    if (this.place !== undefined) {
      this.hasMissed = true
      const message = `LSN ${this.nextLsn} to ${first - 1} were retired before they were read`
      throw new RingwalError('ERR_RINGWAL_RETIRED', message, { from: this.nextLsn, to: first - 1, firstLsn: first })
    }
    this.nextLsn = first
  }
}

function startOf(segment: StoredSegment): Place {
  const proven = segment.header.previous.lastLsn
  const at = HEADER_PAGE_BYTES
  return { segment: segment.number, offset: at, scanned: at, proven, proof: 0, stale: 0 }
}

/** Reads on from where the last look ended. @returns the highest LSN that is proven durable now */
function lookForMarks(ports: ReadPorts, segment: StoredSegment, place: Place): number {
  return withSegment(ports.fs, segment, (file) => {
    while (hasNews(ports, file, segment, place) && lookAhead(ports, file, segment, place));
    return place.proven
  })
}

/**
 * Whether something may have been written where the next frame will stand. Until it is, zeros stand there, or in a recycled
 * file bytes of its former life, without this one's tag. A frame that was damaged looks like those too: so now and then they
 * are looked past all the same.
 */
function hasNews({ fs, memory }: ReadPorts, file: number, { header }: StoredSegment, place: Place): boolean {
  const { bytes, view, dataAt } = memory
  const got = fs.read(file, bytes, dataAt, FRAME_HEADER_BYTES, place.scanned)
  if (bytes.subarray(dataAt, dataAt + got).every((byte) => byte === 0)) return false
  const isTagged = view.getUint32(dataAt + FRAME_TAG_AT, true) === Number(BigInt.asUintN(32, header.salt))
  if (isTagged || header.recycledSalt === 0n || got < FRAME_HEADER_BYTES) return true
  return ++place.stale % STALE_LOOKS === 0
}

/** Looks at stale bytes for one past them: at 20 ms each, that is once a second. */
const STALE_LOOKS = 50

/** Bytes looked over at a time, besides room for one frame of any length: not the whole rest of the segment for a few. */
const LOOK_BYTES = 1 << 18

/**
 * Looks over some bytes, also behind a place that does not verify: a mark there tells whether that place is damage, which
 * is for the reader to report. @returns whether to look on behind them
 */
function lookAhead(ports: ReadPorts, file: number, segment: StoredSegment, place: Place): boolean {
  const from = place.scanned
  const end = Math.min(segment.end, from + LOOK_BYTES + frameBytes(segment.header.payloadMax))
  const scanner = scannerOf(fileSource(ports.fs, file), { ...segment, end }, ports.memory, from)
  for (let step = scanner.next(); step.kind !== 'end' && (step.kind === 'run' || step.resumed); step = scanner.next()) {
    if (step.kind === 'bad') continue
    place.scanned = step.offset + step.to - step.from
    if (scanner.mark <= place.proven) continue
    place.proven = scanner.mark
    place.proof = witnessIn(scanner, step)
  }
  return place.scanned > from && end < segment.end
}

function pause(plan: ReadPlan): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      plan.signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, plan.pollMs)
    plan.signal?.addEventListener('abort', done, { once: true })
  })
}
