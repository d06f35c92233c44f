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
  type PlaceFacts,
  readFrame,
  SegmentScanner,
} from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { checkTexts, type Damage, type DamageClass, plainDamage } from './damage.ts'
import { isUnreadable } from './tolerant-source.ts'

/**
 * A place that does not verify, met on a walk. `end`, `nextLsn`, `lastCheck` and `wholeRecords` tell of what came before it,
 * up to the last frame outside an unfinished batch.
 */
export interface DamagedPlace {
  readonly kind: 'damage'
  readonly damage: Damage
  readonly found: PlaceFacts['found']
  readonly follows: PlaceFacts['follows']
  /** Whether a frame of this segment was begun there, as far as can be told: see BadRegion. */
  readonly isTagged: boolean
  /** First LSN that may be lost there. */
  readonly firstLost: number
  readonly end: number
  /** The lowest that can come behind `end`. */
  readonly nextLsn: number
  readonly lastCheck: bigint
  /** Records up to `end`, and up to the place. */
  readonly wholeRecords: number
  readonly records: number
}

/** How a walk ended. */
export interface WalkEnd {
  readonly offset: number
  /** Records read, and those of them outside a batch that was unfinished at the end. */
  readonly records: number
  readonly wholeRecords: number
}

/** A place, and an LSN known to come next there: where a walk may begin in the middle of a segment. */
export interface WalkStart {
  readonly offset: number
  readonly lsn: number
  /** Check of the frame before it; 0n if there is none. */
  readonly lastCheck: bigint
}

/**
 * A scanner over a stored segment, up to where it counts.
 * @param start where it begins: by default with the first frame; a bare offset (a multiple of 8) to look for one from there on
 */
export function scannerOf(
  source: ByteSource,
  segment: StoredSegment,
  memory: FrameMemory,
  start?: number | WalkStart,
): SegmentScanner {
  const { header, end, lsnMax } = segment
  const from =
    start === undefined
      ? { expected: header.firstLsn }
      : typeof start === 'number'
        ? { start, expected: 0 }
        : { start: start.offset, expected: start.lsn, lastCheck: start.lastCheck }
  const settings = {
    salt: header.salt,
    payloadMax: header.payloadMax,
    end: end - (end % 8),
    ...from,
    ...(lsnMax === undefined ? {} : { lsnMax }),
  }
  return new SegmentScanner(source, settings, memory)
}

/** The bytes of an open file. A read error ends the reading. */
export function fileSource(fs: FileSystem, file: number): ByteSource {
  return { read: (into, at, length, position) => fs.read(file, into, at, length, position) }
}

/** What is known of a place while the frames behind it are still to tell what it cost. */
type OpenPlace = Omit<DamagedPlace, 'kind' | 'damage' | 'follows' | 'isTagged'> & { readonly bad: BadRegion }

/** Places in a row, with no record between them, for which the walk waits; of a file made to harm, the cost of more is not told. */
const OPEN_MAX = 1000

/**
 * Walks a segment with a scanner: runs of frames that verify, and the places between them that do not, each told before
 * the run behind it that says which LSNs it cost.
 */
export function* walkSegment(
  scanner: SegmentScanner,
  segment: StoredSegment,
  source: ByteSource,
): Generator<FrameRun | DamagedPlace, WalkEnd> {
  let open: OpenPlace[] = []
  let records = 0
  let wholeRecords = 0
  for (;;) {
    const step = scanner.next()
    if (step.kind === 'run') {
      const lostTo = open.length > 0 ? lastLsnBefore(scanner, step) : undefined
      if (lostTo !== undefined) {
        yield* closePlaces(segment, open, lostTo)
        open = []
      }
      records += step.records
      if (scanner.wholeOffset > step.offset) wholeRecords = records - recordsBehindWhole(scanner, step)
      yield step
      continue
    }
    if (step.kind === 'end') {
      yield* closePlaces(segment, open, segment.lastLsn, scanner.lowest - 1)
      yield* missingEnd(scanner, segment, step.offset, { records, wholeRecords })
      return { offset: step.offset, records, wholeRecords }
    }
    if (open.length === OPEN_MAX) yield* closePlaces(segment, open.splice(0, 1), undefined, 0)
    open.push({
      bad: step,
      found: isUnreadable(source, step.offset, step.bytes) ? 'unreadable' : step.reason,
      firstLost: step.lowest,
      end: scanner.wholeOffset,
      nextLsn: scanner.wholeLsn,
      lastCheck: scanner.wholeCheck,
      wholeRecords,
      records,
    })
    if (!step.resumed) {
      yield* closePlaces(segment, open, segment.lastLsn, 0)
      return { offset: segment.end, records, wholeRecords }
    }
  }
}

/** Records of a run that are in a batch which has not ended yet. */
function recordsBehindWhole(scanner: SegmentScanner, run: FrameRun): number {
  const { view } = scanner.memory
  let records = 0
  for (let at = run.from + scanner.wholeOffset - run.offset; at < run.to; ) {
    const { kind, length } = readFrame(view, at)
    if (kind === KIND_RECORD) records++
    at += frameBytes(length)
  }
  return records
}

/** A segment whose frames stop short of the end, or of the last LSN, that its successor tells of: the rest is zeros, or cut off. */
function* missingEnd(
  scanner: SegmentScanner,
  segment: StoredSegment,
  offset: number,
  counts: Pick<WalkEnd, 'records' | 'wholeRecords'>,
): Generator<DamagedPlace> {
  const { lastLsn, name } = segment
  const { expected, lowest: firstLost, wholeOffset: end, wholeLsn: nextLsn, wholeCheck: lastCheck } = scanner
  if (lastLsn === undefined) return
  const isLost = expected !== 0 && expected <= lastLsn
  const isShort = !scanner.sealed && offset < segment.end - (segment.end % 8)
  if (!isLost && !isShort) return
  const range = isLost ? ([expected, lastLsn] as const) : ([0, 0] as const)
  const damage = plainDamage('zeros', name, offset, segment.end - offset, ...range)
  const before = { firstLost, end, nextLsn, lastCheck, ...counts }
  yield { kind: 'damage', damage, found: 'end', follows: 'nothing', isTagged: false, ...before }
}

/**
 * Places that stand one behind the other, with no record between them: which of them the lost records stood in nobody can
 * tell, but those up to a mark between two of them stood in the first.
 * @param lostTo the last LSN that can be missing there; undefined where that is not known
 * @param provenTo the last one that a mark proves, where it is not
 */
function* closePlaces(
  segment: StoredSegment,
  open: readonly OpenPlace[],
  lostTo: number | undefined,
  provenTo = 0,
): Generator<DamagedPlace> {
  for (const [i, place] of open.entries()) {
    const { firstLost } = place
    const next = open[i + 1]
    const isParted = next !== undefined && next.firstLost > firstLost
    yield closePlace(segment, place, isParted ? next.firstLost - 1 : (lostTo ?? (provenTo >= firstLost ? provenTo : 0)))
  }
}

function closePlace(segment: StoredSegment, { bad, ...place }: OpenPlace, lostTo: number): DamagedPlace {
  const { found, firstLost } = place
  const isLost = lostTo === 0 || lostTo >= firstLost
  const range = isLost ? ([firstLost, lostTo] as const) : ([0, 0] as const)
  const damage = plainDamage(classOf(bad, found), segment.name, bad.offset, bad.bytes, ...range)
  const follows = bad.resumed ? 'frames' : 'nothing'
  return { ...place, kind: 'damage', follows, isTagged: bad.tagged, damage: { ...damage, ...checkTexts(bad.checks) } }
}

/** Where the fault most likely is: a frame whose header fits its place, and whose length the next frame, has a bad payload. */
function classOf(bad: BadRegion, found: PlaceFacts['found']): DamageClass {
  if (found === 'gap' || found === 'zeros' || found === 'unreadable') return found
  if (found === 'stray') return 'stale'
  if (found === 'length' || found === 'cut') return 'length'
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

/**
 * Offset of the frame of a run that tells of all that is known durable by now, which is the end frame if there is one: what
 * stands before it was synced. 0 if there is none.
 */
export function witnessIn(scanner: SegmentScanner, run: FrameRun): number {
  const { view } = scanner.memory
  for (let at = run.from; at < run.to; ) {
    const { kind, length, lsn } = readFrame(view, at)
    if (scanner.sealed ? kind === KIND_END : kind === KIND_SYNC_MARK && lsn === scanner.mark)
      return run.offset + at - run.from
    at += frameBytes(length)
  }
  return 0
}
