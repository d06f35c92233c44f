import { decodeHeaderPage, FRAME_TIME_AT, type FrameRun, HEADER_PAGE_BYTES, KIND_RECORD } from '../format/index.ts'
import { checkOfFrame, kindOfFrame, lastLsnOf, sizeOfFrame, takesLsn } from '../read/frame-walk.ts'
import type { ReadPorts } from '../read/log-view.ts'
import { openSegment, refuseRetired } from '../read/retired.ts'
import { fileSource, scannerOf, type WalkStart } from '../read/segment-walk.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { durableEnd } from './durable-part.ts'
import { damagedLog } from './log-damage.ts'
import { walkFrom } from './log-place.ts'
import type { Place } from './manifest.ts'

/** Bytes of a segment that are to be archived. */
export interface LogPart {
  readonly segment: StoredSegment
  readonly from: number
  readonly to: number
  /** Where its frames begin; undefined for the segment's first one. */
  readonly start: WalkStart | undefined
  /** Whether it is all that the segment will ever have. */
  readonly isWhole: boolean
}

/**
 * The parts of a log from one place to another, in their order: of the last segment, what is durable.
 * @param from undefined for the log's begin @param to undefined for all
 * @param known LSN that the caller knows to be durable, 0 if none
 */
export function* partsOf(
  ports: ReadPorts,
  segments: readonly StoredSegment[],
  from: Place | undefined,
  to: Place | undefined,
  known: number,
): Generator<LogPart> {
  for (const segment of segments) {
    const { number, isLast } = segment
    if (number < (from?.segment ?? 0) || number > (to?.segment ?? number)) continue
    const goesOn = from?.segment === number
    const start = goesOn ? walkFrom(from) : undefined
    const isCut = to?.segment === number
    const end = isCut ? to.offset : isLast ? durableEnd(ports, segment, start, known) : segment.end
    const begin = goesOn ? from.offset : 0
    if (end !== undefined && end > begin)
      yield { segment, from: begin, to: end, start, isWhole: begin === 0 && !isLast && !isCut }
  }
}

/** What is known of a part once it was read. */
export class PartFacts {
  records = 0
  lastLsn: number
  timeMin: bigint | null = null
  timeMax: bigint | null = null
  /** Offset and check of the last frame; 0, and the segment's salt, while there is none. */
  frame: number
  check: bigint
  readonly firstLsn: number

  constructor({ segment, start }: LogPart, before: Place | undefined) {
    const goesOn = start !== undefined && before !== undefined
    this.firstLsn = start?.lsn ?? segment.header.firstLsn
    this.lastLsn = this.firstLsn - 1
    this.frame = goesOn ? before.frame : 0
    this.check = goesOn ? before.check : segment.header.salt
  }

  take(view: DataView, { from, to, offset }: FrameRun): void {
    for (let at = from; at < to; at += sizeOfFrame(view, at)) {
      this.frame = offset + at - from
      const kind = kindOfFrame(view, at)
      if (takesLsn(kind)) this.lastLsn = lastLsnOf(view, at)
      if (kind === KIND_RECORD) this.takeTime(view.getBigUint64(at + FRAME_TIME_AT, true))
    }
    this.check = checkOfFrame(view, from + this.frame - offset)
  }

  private takeTime(time: bigint): void {
    this.records++
    if (this.timeMin === null || time < this.timeMin) this.timeMin = time
    if (this.timeMax === null || time > this.timeMax) this.timeMax = time
  }
}

/**
 * The bytes of a part, each of which has verified: they are those of the scanner's own memory.
 * @throws ERR_RINGWAL_DAMAGED; ERR_RINGWAL_RETIRED
 */
export async function* partBytes(ports: ReadPorts, part: LogPart, facts: PartFacts): AsyncGenerator<Uint8Array> {
  const { fs, memory } = ports
  const { segment, from, to, start } = part
  const file = openSegment(fs, segment)
  try {
    if (from === 0) yield headerPage(ports, file, segment)
    const scanner = scannerOf(fileSource(fs, file), { ...segment, end: to }, memory, start)
    for (let step = scanner.next(); step.kind !== 'end'; step = scanner.next()) {
      refuseRetired(fs, segment)
      if (step.kind === 'bad') throw damagedLog(segment.name, step.offset)
      facts.take(scanner.memory.view, step)
      yield scanner.memory.bytes.slice(step.from, step.to)
    }
    refuseRetired(fs, segment)
    if (scanner.offset !== to) throw damagedLog(segment.name, scanner.offset, 'it ends before its end')
    requireLink(part, facts)
  } finally {
    fs.close(file)
  }
}

function headerPage({ fs, checker }: ReadPorts, file: number, segment: StoredSegment): Uint8Array {
  const page = new Uint8Array(HEADER_PAGE_BYTES)
  fs.read(file, page, 0, page.length, 0)
  const { header, copyA, copyB } = decodeHeaderPage(page, checker)
  refuseRetired(fs, segment)
  const isIt = copyA === 'good' && copyB === 'good' && header?.salt === segment.header.salt
  if (!isIt) throw damagedLog(segment.name, 0, 'its header page does not verify')
  return page
}

/** The next segment's header has the last word on where this one ends. */
function requireLink({ segment, to }: LogPart, { lastLsn, check, frame }: PartFacts): void {
  if (segment.isLast || to !== segment.end) return
  const isIt = lastLsn === segment.lastLsn && (frame === 0 || segment.lastCheck === check)
  if (!isIt) throw damagedLog(segment.name, frame, 'the next segment tells of another last frame')
}
