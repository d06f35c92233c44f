import { FRAME_HEADER_BYTES, frameBytes, HEADER_PAGE_BYTES } from '../format/index.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { Entry } from './entry.ts'
import { type ReadPorts, viewLog, withFile } from './log-view.ts'
import type { ReadPlan } from './read-options.ts'
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
}

/**
 * Entries as they become durable, for ever or until `signal`. What is durable is what the files prove: the highest sync
 * mark of the last segment, and all of those before it. So it works from any process, also on a read-only mount.
 */
export async function* followLog(ports: ReadPorts, dir: string, plan: ReadPlan): AsyncGenerator<Entry> {
  let place: Place | undefined
  let nextLsn = plan.from
  while (!plan.signal?.aborted && nextLsn <= plan.to) {
    for (const segment of viewLog(ports, dir).segments) {
      if (place !== undefined && segment.number < place.segment) continue
      if (segment.lsnMax !== undefined && segment.lsnMax < nextLsn) continue
      if (place?.segment !== segment.number) place = startOf(segment)
      const durable = segment.lsnMax ?? lookForMarks(ports, segment, place)
      if (durable < nextLsn) continue
      const window = { ...plan, from: nextLsn, to: Math.min(plan.to, durable) }
      for (const entry of readSegment(ports, segment, window, segment.end, place.offset)) {
        place.offset = entry.offset + frameBytes(entry.bytes.length)
        yield entry
        if (plan.signal?.aborted) return
      }
      nextLsn = durable + 1
      place.offset = Math.max(place.offset, place.proof)
    }
    if (nextLsn <= plan.to) await pause(plan)
  }
}

function startOf(segment: StoredSegment): Place {
  const proven = segment.header.previous.lastLsn
  return { segment: segment.number, offset: HEADER_PAGE_BYTES, scanned: HEADER_PAGE_BYTES, proven, proof: 0 }
}

/** Reads on from where the last look ended. @returns the highest LSN that is proven durable now */
function lookForMarks(ports: ReadPorts, segment: StoredSegment, place: Place): number {
  return withFile(ports.fs, segment.path, (file) => {
    while (hasNews(ports, file, place) && lookAhead(ports, file, segment, place));
    return place.proven
  })
}

/** A segment is filled with zeros ahead: where the next frame will stand, there are some until it is written. */
function hasNews({ fs, memory }: ReadPorts, file: number, place: Place): boolean {
  const { bytes, dataAt } = memory
  const got = fs.read(file, bytes, dataAt, FRAME_HEADER_BYTES, place.scanned)
  return bytes.subarray(dataAt, dataAt + got).some((byte) => byte !== 0)
}

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
