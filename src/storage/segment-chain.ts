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
  const logId = commonLogId(known.map(({ header }) => header))
  const lastUnreadable = [...unreadable].reduce((last, number) => Math.max(last, number), 0)
  const own = known.filter((segment) => isOwn(segment, logId, known, problems))
  return own.map((segment, i) => {
    const next = own[i + 1]
    if (i === 0) reportContradiction(segment, problems)
    const isLostBehind = next === undefined && lastUnreadable > segment.number
    const verdict = judge(segment, logId, isLostBehind ? 'lost' : next)
    if (isLostBehind) reportMissing(segment, lastUnreadable, 0, unreadable, problems)
    else if (next !== undefined) reportLink(verdict, segment, next, unreadable, problems)
    return storedSegment(segment, next, verdict, firstLsnBehind(own, i))
  })
}

/** The one that most segments have; of two that as many have, the newest segment's. */
export function commonLogId(headers: readonly SegmentHeader[]): string {
  const counts = new Map<string, number>()
  let common = ''
  for (const { logId } of headers) {
    const count = (counts.get(logId) ?? 0) + 1
    counts.set(logId, count)
    if (count >= (counts.get(common) ?? 0)) common = logId
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
  segment: KnownSegment,
  next: KnownSegment,
  unreadable: ReadonlySet<number>,
  problems: SegmentProblem[],
): void {
  const { header, name, size } = segment
  const { firstLsn, previous } = next.header
  const { lastLsn, endOffset } = previous
  if (verdict === 'missing-segment') {
    reportMissing(segment, next.number, firstLsn - 1, unreadable, problems)
  } else if (verdict === 'gap') {
    const message = `it starts at LSN ${header.firstLsn} and its successor at ${firstLsn}, after ${lastLsn}`
    problems.push(segmentProblem('gap', name, message))
  } else if (verdict === 'truncated') {
    const message = `${size} bytes are left of the ${endOffset} that its successor's header tells of`
    problems.push({ ...segmentProblem('truncated', name, message), offset: size, lostTo: lastLsn })
  }
}

/** Tells of numbers between a segment and a later one of which no file is there. @param lostTo 0 if not known */
function reportMissing(
  { number, name }: KnownSegment,
  behind: number,
  lostTo: number,
  unreadable: ReadonlySet<number>,
  problems: SegmentProblem[],
): void {
  let first = number + 1
  let last = behind - 1
  while (unreadable.has(first)) first++
  while (unreadable.has(last)) last--
  if (first > last) return
  const message = `segments ${first} to ${last} are missing behind it`
  problems.push({ ...segmentProblem('missing-segment', name, message), lostTo })
}

/** A header that no writer wrote: what it says of LSNs is not built upon. Of a segment with one before it, the link tells. */
function reportContradiction({ name, header }: KnownSegment, problems: SegmentProblem[]): void {
  const { firstLsn, previous } = header
  if (firstLsn === previous.lastLsn + 1) return
  const message = `its header says that it starts at LSN ${firstLsn}, behind LSN ${previous.lastLsn}`
  problems.push(segmentProblem('gap', name, message))
}

/** First LSN of the next segment whose header tells it. */
function firstLsnBehind(own: readonly KnownSegment[], i: number): number | undefined {
  let behind = i + 1
  while (own[behind]?.headerFrom === 'frames') behind++
  return own[behind]?.header.firstLsn
}

/** @param firstBehind first LSN of the next segment whose header tells it */
function storedSegment(
  segment: KnownSegment,
  next: KnownSegment | undefined,
  verdict: ChainVerdict,
  firstBehind: number | undefined,
): StoredSegment {
  const { number, name, path, size, page, damage, header, headerFrom } = segment
  const facts = { number, name, path, size, header, headerFrom, page, headerDamage: damage }
  const untold = { ...facts, end: size, lastLsn: undefined, lastCheck: undefined }
  if (next === undefined) return { ...untold, isLast: verdict === 'last', lsnMax: undefined }
  const { previous } = next.header
  // What a segment of another history says of this one is no word on it.
  if (verdict === 'gap') return { ...untold, isLast: false, lsnMax: undefined }
  if (verdict === 'unlinked' || verdict === 'missing-segment')
    return { ...untold, isLast: false, lsnMax: firstBehind === undefined ? undefined : firstBehind - 1 }
  const { lastLsn, endOffset } = previous
  // Of a file that was cut, the last frame is told as lost, and not as another one.
  const lastCheck = verdict === 'truncated' ? undefined : previous.lastCheck
  return { ...facts, end: Math.min(endOffset, size), isLast: false, lsnMax: lastLsn, lastLsn, lastCheck }
}
