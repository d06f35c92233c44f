import {
  type BadRegion,
  type ByteSource,
  type FrameMemory,
  type FrameRun,
  frameBytes,
  KIND_END,
  KIND_RECORD,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
  readFrame,
  SegmentScanner,
} from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { Damage, DamageClass } from './damage.ts'

/** A place that does not verify, met on a walk; `end`, `nextLsn` and `lastCheck` tell of what came before it. */
export interface DamagedPlace {
  readonly kind: 'damage'
  readonly damage: Damage
  /** First LSN that may be lost there. */
  readonly firstLost: number
  readonly end: number
  readonly nextLsn: number
  readonly lastCheck: bigint
}

/** A scanner over a stored segment, up to where it counts; from `start` (a multiple of 8) on, or from its first frame. */
export function scannerOf(
  source: ByteSource,
  segment: StoredSegment,
  memory: FrameMemory,
  start?: number,
): SegmentScanner {
  const { header, end, lastLsn } = segment
  const settings = {
    salt: header.salt,
    payloadMax: header.payloadMax,
    end: end - (end % 8),
    expected: start === undefined ? header.firstLsn : 0,
    ...(start === undefined ? {} : { start }),
    ...(lastLsn === undefined ? {} : { lsnMax: lastLsn }),
  }
  return new SegmentScanner(source, settings, memory)
}

/** The bytes of an open file. */
export function fileSource(fs: FileSystem, file: number): ByteSource {
  return { read: (into, at, length, position) => fs.read(file, into, at, length, position) }
}

/**
 * Walks a segment with a scanner: runs of frames that verify, and the places between them that do not, each told before
 * the run behind it, when the LSNs it cost are known. @returns the offset where the walk ended
 */
export function* walkSegment(
  scanner: SegmentScanner,
  segment: StoredSegment,
): Generator<FrameRun | DamagedPlace, number> {
  let open: (Omit<DamagedPlace, 'kind' | 'damage'> & { bad: BadRegion }) | undefined
  let firstLost = 1
  for (;;) {
    const step = scanner.next()
    if (step.kind === 'run') {
      if (open !== undefined) {
        const lostTo = lastLsnBefore(scanner, step)
        if (lostTo !== undefined) {
          yield closePlace(segment, open, lostTo)
          open = undefined
        }
      }
      yield step
      continue
    }
    if (open !== undefined) yield closePlace(segment, open, step.kind === 'end' ? (segment.lastLsn ?? 0) : 0)
    open = undefined
    if (step.kind === 'end') return yield* missingEnd(scanner, segment, step.offset)
    firstLost = step.expected || Math.max(firstLost, scanner.mark + 1)
    open = {
      bad: step,
      firstLost,
      end: scanner.wholeOffset,
      nextLsn: scanner.wholeExpected,
      lastCheck: scanner.wholeCheck,
    }
    if (!step.resumed) {
      yield closePlace(segment, open, segment.lastLsn ?? 0)
      return segment.end
    }
  }
}

/** A sealed segment whose frames stop short of the last LSN it must hold: the rest was overwritten with zeros. */
function* missingEnd(scanner: SegmentScanner, segment: StoredSegment, offset: number): Generator<DamagedPlace, number> {
  const { lastLsn } = segment
  const { expected, wholeOffset: end, wholeExpected: nextLsn, wholeCheck: lastCheck } = scanner
  if (lastLsn !== undefined && expected !== 0 && expected <= lastLsn) {
    const bytes = segment.end - offset
    const range = { lostFrom: expected, lostTo: lastLsn }
    const damage: Damage = { segment: segment.name, offset, bytes, class: 'zeros', ...range }
    yield { kind: 'damage', damage, firstLost: expected, end, nextLsn, lastCheck }
  }
  return offset
}

function closePlace(
  segment: StoredSegment,
  place: Omit<DamagedPlace, 'kind' | 'damage'> & { bad: BadRegion },
  lostTo: number,
): DamagedPlace {
  const { bad, firstLost, end, nextLsn, lastCheck } = place
  const isLost = lostTo === 0 || lostTo >= firstLost
  const damage: Damage = {
    segment: segment.name,
    offset: bad.offset,
    bytes: bad.bytes,
    class: classOf(bad),
    lostFrom: isLost ? firstLost : 0,
    lostTo: isLost ? lostTo : 0,
  }
  return { kind: 'damage', damage, firstLost, end, nextLsn, lastCheck }
}

/** Where the fault most likely is: a frame whose header fits its place, and whose length the next frame, has a bad payload. */
function classOf(bad: BadRegion): DamageClass {
  if (bad.reason === 'gap' || bad.reason === 'zeros') return bad.reason
  if (bad.reason === 'stray') return 'stale'
  if (bad.reason === 'length' || bad.reason === 'cut') return 'length'
  if (bad.resumed && Math.ceil(bad.statedBytes / 8) * 8 !== bad.bytes) return 'length'
  return bad.statedLsn === bad.expected ? 'payload' : 'header'
}

/** The last LSN before a run, as its first frame that can tell says: a record, a tombstone, or the end of the segment. */
function lastLsnBefore(scanner: SegmentScanner, run: FrameRun): number | undefined {
  const { view } = scanner.memory
  for (let at = run.from; at < run.to; ) {
    const { kind, lsn, length } = readFrame(view, at)
    if (kind === KIND_RECORD || kind === KIND_TOMBSTONE) return lsn - 1
    if (kind === KIND_END) return lsn
    at += frameBytes(length)
  }
  return undefined
}

/** Offset of the last frame of a run that tells of durable LSNs: all before it was synced. 0 if there is none. */
export function lastWitnessOf(scanner: SegmentScanner, run: FrameRun): number {
  const { view } = scanner.memory
  let offset = 0
  for (let at = run.from; at < run.to; ) {
    const { kind, length } = readFrame(view, at)
    if (kind === KIND_SYNC_MARK || kind === KIND_END) offset = run.offset + at - run.from
    at += frameBytes(length)
  }
  return offset
}
