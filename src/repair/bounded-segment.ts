import type { TornTail } from '../read/damage.ts'
import { type ReadPorts, withFile } from '../read/log-view.ts'
import { surveySegment } from '../read/segment-survey.ts'
import { scannerOf } from '../read/segment-walk.ts'
import { behindOf } from '../read/survey-file.ts'
import { type TolerantSource, tolerantSource } from '../read/tolerant-source.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { findFlips } from './find-flips.ts'
import type { Flip } from './own-frames.ts'
import { patchedSource } from './patched-source.ts'
import { endUpTo } from './truncation.ts'

/** A segment of which it is known where it ends. */
export interface BoundedSegment {
  /** Its `end`, `lastLsn` and `lsnMax` say where. */
  readonly segment: StoredSegment & { readonly lastLsn: number }
  readonly flips: readonly Flip[]
  /** Records up to this LSN are proven to have been durable. */
  readonly provenTo: number
  readonly tornTail: TornTail | undefined
  /** First LSN of records that are lost at the very end, nobody can tell how many; 0 if there are none. */
  readonly lostFrom: number
}

/**
 * Reads a segment, where its successor does not tell its end.
 * @param nextLsn one behind the last LSN of the segments before it; undefined for the first
 * @param next the segment behind it in the listing
 * @param fixSingleBit whether flipped bits count as turned back
 */
export function boundSegment(
  ports: ReadPorts,
  stored: StoredSegment,
  nextLsn: number | undefined,
  next: StoredSegment | undefined,
  fixSingleBit: boolean,
): BoundedSegment {
  const flips = fixSingleBit ? findFlips(ports, { segment: stored }) : []
  if (!stored.isLast) {
    // A successor that contradicts itself tells nothing.
    const told = next !== undefined && stored.lastLsn === next.header.firstLsn - 1 ? stored.lastLsn : undefined
    const lastLsn = told ?? read(ports, stored, flips, (source) => lastLsnOf(ports, source, stored))
    const segment = boundedTo(stored, stored.end, lastLsn)
    return { segment, flips, provenTo: Number.MAX_SAFE_INTEGER, tornTail: undefined, lostFrom: 0 }
  }
  const counted = behindOf(nextLsn, stored)
  const survey = read(ports, stored, flips, (source) => surveySegment(source, counted, ports.memory))
  const { end, sealed, mark, tornTail, damage, records } = survey
  const isCopy = counted.overlaps && records === 0
  const lastLsn = isCopy ? read(ports, stored, flips, (source) => lastLsnOf(ports, source, stored)) : survey.nextLsn - 1
  return {
    segment: boundedTo(stored, end, lastLsn),
    flips,
    // Nothing was begun here before all in front of it was durable.
    provenTo: sealed ? Number.MAX_SAFE_INTEGER : Math.max(mark, counted.header.firstLsn - 1),
    tornTail,
    lostFrom: damage.find(({ lostFrom, lostTo }) => lostFrom > 0 && lostTo === 0)?.lostFrom ?? 0,
  }
}

/** The highest LSN that frames of a segment tell of: it was not the last, so all that is in it was durable. */
function lastLsnOf({ memory }: ReadPorts, source: TolerantSource, segment: StoredSegment): number {
  const scanner = scannerOf(source, segment, memory)
  while (scanner.next().kind !== 'end');
  return scanner.lowest - 1
}

function read<T>(
  { fs }: ReadPorts,
  { path }: StoredSegment,
  flips: readonly Flip[],
  use: (source: TolerantSource) => T,
): T {
  return withFile(fs, path, (file) => use(patchedSource(tolerantSource(fs, file), flips)))
}

/** The same segment without what is above an LSN that it reaches. */
export function truncateSegment(ports: ReadPorts, bounded: BoundedSegment, lsn: number): BoundedSegment {
  const { segment, flips } = bounded
  const { end, lastLsn } = read(ports, segment, flips, (source) => endUpTo(ports, source, segment, lsn))
  return { ...bounded, segment: boundedTo(segment, end, lastLsn), tornTail: undefined, lostFrom: 0 }
}

function boundedTo(segment: StoredSegment, end: number, lastLsn: number): BoundedSegment['segment'] {
  return { ...segment, end, lastLsn, lsnMax: lastLsn }
}
