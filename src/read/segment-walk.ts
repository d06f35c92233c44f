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

/** A place that does not verify, met on a walk; `end`, `nextLsn` and `lastCheck` tell of what came before it. */
export interface DamagedPlace {
  readonly kind: 'damage'
  readonly damage: Damage
  readonly found: PlaceFacts['found']
  readonly follows: PlaceFacts['follows']
  /** First LSN that may be lost there. */
  readonly firstLost: number
  readonly end: number
  /** 0 if not known. */
  readonly nextLsn: number
  readonly lastCheck: bigint
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
type OpenPlace = Omit<DamagedPlace, 'kind' | 'damage' | 'follows'> & { readonly bad: BadRegion }

/**
 * Walks a segment with a scanner: runs of frames that verify, and the places between them that do not, each told before
 * the run behind it that says which LSNs it cost. @returns the offset where the walk ended
 */
export function* walkSegment(
  scanner: SegmentScanner,
  segment: StoredSegment,
  source: ByteSource,
): Generator<FrameRun | DamagedPlace, number> {
  let open: OpenPlace | undefined
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
    if (open !== undefined) yield closePlace(segment, open, lastKnownLost(scanner, segment, open))
    open = undefined
    if (step.kind === 'end') return yield* missingEnd(scanner, segment, step.offset)
    open = {
      bad: step,
      found: isUnreadable(source, step.offset, step.bytes) ? 'unreadable' : step.reason,
      firstLost: step.lowest,
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

/** What a place cost where no record follows it: all that the segment must hold, or all that a mark behind it proves. */
function lastKnownLost(scanner: SegmentScanner, { lastLsn }: StoredSegment, { firstLost }: OpenPlace): number {
  if (lastLsn !== undefined) return lastLsn
  return scanner.lowest > firstLost ? scanner.lowest - 1 : 0
}

/** A sealed segment whose frames stop short of the last LSN it must hold: the rest was overwritten with zeros. */
function* missingEnd(scanner: SegmentScanner, segment: StoredSegment, offset: number): Generator<DamagedPlace, number> {
  const { lastLsn, name } = segment
  const { expected, wholeOffset: end, wholeExpected: nextLsn, wholeCheck: lastCheck } = scanner
  if (lastLsn !== undefined && expected !== 0 && expected <= lastLsn) {
    const damage = plainDamage('zeros', name, offset, segment.end - offset, expected, lastLsn)
    yield { kind: 'damage', damage, found: 'zeros', follows: 'nothing', firstLost: expected, end, nextLsn, lastCheck }
  }
  return offset
}

function closePlace(segment: StoredSegment, { bad, ...place }: OpenPlace, lostTo: number): DamagedPlace {
  const { found, firstLost } = place
  const isLost = lostTo === 0 || lostTo >= firstLost
  const range = isLost ? ([firstLost, lostTo] as const) : ([0, 0] as const)
  const damage = plainDamage(classOf(bad, found), segment.name, bad.offset, bad.bytes, ...range)
  const follows = bad.resumed ? 'frames' : 'nothing'
  return { ...place, kind: 'damage', follows, damage: { ...damage, ...checkTexts(bad.checks) } }
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

/** Offset of the frame of a run that tells of all that is known durable by now: what stands before it was synced. 0 if there is none. */
export function witnessIn(scanner: SegmentScanner, run: FrameRun): number {
  const { view } = scanner.memory
  for (let at = run.from; at < run.to; ) {
    const { kind, length, lsn } = readFrame(view, at)
    const isWitness = kind === KIND_END || (kind === KIND_SYNC_MARK && lsn === scanner.mark)
    if (isWitness) return run.offset + at - run.from
    at += frameBytes(length)
  }
  return 0
}
