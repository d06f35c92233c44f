import {
  CHAIN_TABLE,
  type ChainFacts,
  type ChainVerdict,
  lookUp,
  type SegmentHeader,
  segmentName,
} from '../format/index.ts'
import type { StoredSegment } from './segment-directory.ts'
import type { SegmentCandidate } from './segment-files.ts'
import { type SegmentProblem, segmentProblem } from './segment-problem.ts'

/** A file whose header is known. */
export interface KnownSegment extends SegmentCandidate {
  readonly header: SegmentHeader
  readonly headerFrom: StoredSegment['headerFrom']
}

/**
 * Holds each header against its name and its neighbour.
 * @param unreadable numbers of segments that are there, but of which nothing can be read
 */
export function linkSegments(
  known: readonly KnownSegment[],
  unreadable: ReadonlySet<number>,
  problems: SegmentProblem[],
): StoredSegment[] {
  const logId = commonLogId(known)
  const own = known.filter((segment) => isOwn(segment, logId, known, problems))
  return own.map((segment, i) => {
    const next = own[i + 1]
    const isBehindLost = [...unreadable].some((number) => number > segment.number)
    const verdict = judge(segment, logId, next ?? (isBehindLost ? 'lost' : undefined))
    if (next !== undefined) reportLink(verdict, segment, next, unreadable, problems)
    return storedSegment(segment, next, verdict)
  })
}

/** The one that most segments have; of two that as many have, the newest segment's. */
function commonLogId(known: readonly KnownSegment[]): string {
  const counts = new Map<string, number>()
  let common = ''
  for (const { header } of known) {
    const count = (counts.get(header.logId) ?? 0) + 1
    counts.set(header.logId, count)
    if (count >= (counts.get(common) ?? 0)) common = header.logId
  }
  return common
}

/** @param next the next segment; `lost` where nothing of it can be read */
function judge(segment: KnownSegment, logId: string, next: KnownSegment | 'lost' | undefined): ChainVerdict {
  const facts: ChainFacts = {
    logId: segment.header.logId === logId ? 'same' : 'other',
    name: segment.header.number === segment.number ? 'agrees' : 'differs',
    successor: next === undefined ? 'none' : successorOf(segment, next),
  }
  return lookUp(CHAIN_TABLE, facts).is
}

function successorOf(segment: KnownSegment, next: KnownSegment | 'lost'): ChainFacts['successor'] {
  if (next === 'lost') return 'lost its header'
  const { header, number, size } = segment
  const { lastLsn, endOffset } = next.header.previous
  if (next.number !== number + 1) return 'not the next number'
  if (next.headerFrom === 'frames') return 'lost its header'
  if (next.header.firstLsn !== lastLsn + 1 || lastLsn < header.firstLsn - 1) return 'other LSNs'
  return endOffset > size ? 'ends behind this file' : 'fits'
}

/** Whether a file is one of this log's segments, under its own name. */
function isOwn(
  segment: KnownSegment,
  logId: string,
  known: readonly KnownSegment[],
  problems: SegmentProblem[],
): boolean {
  const verdict = judge(segment, logId, undefined)
  const { name, header } = segment
  if (verdict === 'foreign') {
    problems.push(segmentProblem('foreign', name, `it belongs to log ${header.logId}, not ${logId}`))
  } else if (verdict === 'duplicate-segment') {
    const right = segmentName(header.number)
    const isThere = known.some(({ number }) => number === header.number)
    const advice = isThere ? '' : `; ${right} is not there: was it renamed?`
    problems.push(segmentProblem('duplicate-segment', name, `its header says segment ${header.number}${advice}`))
  } else {
    return true
  }
  return false
}

function reportLink(
  verdict: ChainVerdict,
  { number, header, name, size }: KnownSegment,
  next: KnownSegment,
  unreadable: ReadonlySet<number>,
  problems: SegmentProblem[],
): void {
  const { lastLsn, endOffset } = next.header.previous
  if (verdict === 'missing-segment') {
    let first = number + 1
    while (unreadable.has(first)) first++
    if (first === next.number) return
    const message = `segments ${first} to ${next.number - 1} are missing behind it`
    problems.push({ ...segmentProblem('missing-segment', name, message), lostTo: next.header.firstLsn - 1 })
  } else if (verdict === 'gap') {
    const message = `it starts at LSN ${header.firstLsn} and its successor at ${next.header.firstLsn}, after ${lastLsn}`
    problems.push(segmentProblem('gap', name, message))
  } else if (verdict === 'truncated') {
    const message = `${size} bytes are left of the ${endOffset} that its successor's header tells of`
    problems.push({ ...segmentProblem('truncated', name, message), offset: size, lostTo: lastLsn })
  }
}

function storedSegment(segment: KnownSegment, next: KnownSegment | undefined, verdict: ChainVerdict): StoredSegment {
  const { number, name, path, size, page, damage, header, headerFrom } = segment
  const facts = { number, name, path, size, header, headerFrom, page, headerDamage: damage }
  const untold = { ...facts, end: size, lastLsn: undefined, lastCheck: undefined }
  if (next === undefined) return { ...untold, isLast: verdict === 'last', lsnMax: undefined }
  const { previous, firstLsn } = next.header
  if (verdict === 'unlinked' || verdict === 'missing-segment') return { ...untold, isLast: false, lsnMax: firstLsn - 1 }
  const { lastLsn, endOffset, lastCheck } = previous
  return { ...facts, end: Math.min(endOffset, size), isLast: false, lsnMax: lastLsn, lastLsn, lastCheck }
}
