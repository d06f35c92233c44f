import { basename } from 'node:path'
import {
  type Checker,
  HEADER_TABLE,
  type HeaderFacts,
  type HeaderPage,
  type HeaderVerdict,
  lookUp,
  parseSegmentName,
  type SegmentHeader,
} from '../format/index.ts'
import type { FileSystem } from './file-system.ts'
import type { HeaderDamage } from './header-damage.ts'
import { HeaderInference } from './lost-header.ts'
import { type KnownSegment, linkSegments } from './segment-chain.ts'
import { bytesBehind, isBlank, readCandidates, readHeaderPage, type SegmentCandidate } from './segment-files.ts'
import { type SegmentProblem, segmentProblem } from './segment-problem.ts'

export type { SegmentProblem } from './segment-problem.ts'

/** A segment whose header is known. */
export interface StoredSegment {
  readonly number: number
  readonly name: string
  readonly path: string
  /** Bytes of the file. */
  readonly size: number
  readonly header: SegmentHeader
  /**
   * `page`: a copy of it verifies. `bit`: one does with one bit flipped back, or two do that differ, and one of them has the
   * file's number. `frames`: none does; it was put together from the frames, the name and the other segments.
   */
  readonly headerFrom: 'page' | 'bit' | 'frames'
  readonly page: HeaderPage
  readonly headerDamage: readonly HeaderDamage[]
  /** Whether no segment of the log was begun behind it: only its own frames prove what was durable. */
  readonly isLast: boolean
  /** Whether its header says that it begins with LSNs which came before it: then it is of another history. */
  readonly overlaps?: boolean
  /** Offset behind its last byte that counts, as its successor's header says; `size` where none does. */
  readonly end: number
  /** No record of it has a higher LSN, as the next segment says; undefined for the last one. */
  readonly lsnMax: number | undefined
  /** Its last LSN, and the check of its last frame, as its successor's header says; undefined where none does, or it is cut off. */
  readonly lastLsn: number | undefined
  readonly lastCheck: bigint | undefined
}

/** A file in a segment's place that holds no segment: made ahead, or left by a crash. */
export interface Leftover {
  readonly name: string
  readonly path: string
  readonly size: number
  /** Whether its header page is all zeros: then nothing in it was ever acknowledged. */
  readonly isBlank: boolean
}

export interface SegmentListing {
  readonly segments: readonly StoredSegment[]
  readonly leftovers: readonly Leftover[]
  readonly problems: readonly SegmentProblem[]
}

/** A file, and what HEADER_TABLE says of it. */
interface Judged {
  readonly candidate: SegmentCandidate
  readonly verdict: HeaderVerdict
}

/**
 * Reads the names and header pages of a log's directory and holds them against one another, by the recovery tables.
 * @throws ERR_RINGWAL_NOT_FOUND if there is no such directory; ERR_RINGWAL_FORMAT for a version this release does not read.
 */
export function listSegments(fs: FileSystem, dir: string, checker: Checker): SegmentListing {
  const problems: SegmentProblem[] = []
  const judged = judgeHeaders(fs, readCandidates(fs, dir, checker, problems), checker, problems)
  const leftovers = judged
    .filter(({ verdict }) => verdict === 'unused' || verdict === 'unstarted')
    .map(({ candidate: { name, path, size, page } }) => ({ name, path, size, isBlank: isBlank(page) }))
  const { known, unreadable } = findHeaders(fs, judged, checker, problems)
  return { segments: linkSegments(known, unreadable, problems), leftovers, problems }
}

/** One segment file by itself, taken as a log's only segment, whatever its name. */
export function listFile(fs: FileSystem, path: string, checker: Checker): SegmentListing {
  const problems: SegmentProblem[] = []
  const name = basename(path)
  const read = readHeaderPage(fs, path, name, checker, problems)
  if (read === undefined) return { segments: [], leftovers: [], problems }
  const number = read.page.header?.number ?? parseSegmentName(name) ?? 1
  const candidate = { number, name, path, size: fs.statPath(path)?.size ?? 0, ...read }
  const verdict = candidate.page.header === undefined ? 'lost-header' : 'segment'
  const { known, unreadable } = findHeaders(fs, [{ candidate, verdict }], checker, problems)
  return { segments: linkSegments(known, unreadable, problems), leftovers: [], problems }
}

function judgeHeaders(
  fs: FileSystem,
  candidates: readonly SegmentCandidate[],
  checker: Checker,
  problems: SegmentProblem[],
): Judged[] {
  const lastWhole = candidates.findLastIndex(({ page: { copyA, copyB } }) => copyA === 'good' && copyB === 'good')
  const files = candidates.slice(0, lastWhole + 1)
  let lastBegun = lastWhole
  // The last first, as in reading their pages: what is begun meanwhile is not seen to follow what is not.
  const looks = candidates
    .slice(lastWhole + 1)
    .toReversed()
    .map((candidate) => lookBehind(fs, candidate, checker, problems))
  for (const { candidate, hasBytes } of looks.reverse().filter((look) => look !== undefined)) {
    files.push(candidate)
    // A good copy proves what came before it, even where nothing came behind it.
    if (hasBytes) lastBegun = files.length - 1
    else if (candidate.page.header !== undefined) lastBegun = Math.max(lastBegun, files.length - 2)
  }
  return files.map((candidate, i) => judge(candidate, i <= lastBegun ? 'up to the last begun' : 'behind it'))
}

/** @returns the file, and whether anything but zeros is behind its header page; undefined if it is gone by now */
function lookBehind(
  fs: FileSystem,
  candidate: SegmentCandidate,
  checker: Checker,
  problems: SegmentProblem[],
): { readonly candidate: SegmentCandidate; readonly hasBytes: boolean } | undefined {
  const behind = bytesBehind(fs, candidate)
  if (behind === undefined) return undefined
  if (behind === 'zeros') return { candidate, hasBytes: false }
  // A live writer may have begun the segment since its page was read.
  const again = readHeaderPage(fs, candidate.path, candidate.name, checker, problems)
  return again && { candidate: { ...candidate, ...again }, hasBytes: true }
}

function judge(candidate: SegmentCandidate, place: HeaderFacts['place']): Judged {
  const { copyA, copyB } = candidate.page
  const verdict = lookUp(HEADER_TABLE, { copyA, copyB, place }).is
  // What a crash leaves of a header is no damage.
  return verdict === 'begun' ? { verdict, candidate: { ...candidate, damage: [] } } : { verdict, candidate }
}

/** The segments with their headers, and the numbers of those of which nothing can be read. */
function findHeaders(
  fs: FileSystem,
  judged: readonly Judged[],
  checker: Checker,
  problems: SegmentProblem[],
): { known: KnownSegment[]; unreadable: Set<number> } {
  const known: KnownSegment[] = []
  const unreadable = new Set(problems.filter(isUnreadable).map(({ file }) => parseSegmentName(file) ?? 0))
  const inference = new HeaderInference(
    fs,
    checker,
    judged.map(({ candidate }) => candidate),
  )
  for (const { candidate, verdict } of judged) {
    if (verdict === 'unused' || verdict === 'unstarted') {
      // No record was lost, but that the disk can not read is told.
      if (candidate.readError !== undefined)
        problems.push(segmentProblem('unreadable', candidate.name, candidate.readError))
      continue
    }
    const { header } = candidate.page
    const found = header === undefined ? inference.infer(candidate, problems) : { header, from: 'page' as const }
    if (found === undefined) unreadable.add(candidate.number)
    else if (found !== 'copy') known.push({ ...candidate, header: found.header, headerFrom: found.from })
  }
  return { known, unreadable }
}

function isUnreadable(problem: SegmentProblem): boolean {
  return problem.class === 'unreadable'
}
