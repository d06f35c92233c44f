import { RingwalError } from '../errors.ts'
import type { SegmentListing, SegmentProblem } from '../storage/segment-directory.ts'
import { damageOfProblem } from './damage.ts'
import type { Entry } from './entry.ts'
import type { ReadPorts } from './log-view.ts'
import type { ReadPlan } from './read-options.ts'
import { readSegment, reportDamage } from './segment-reader.ts'
import type { SegmentSurvey } from './segment-survey.ts'
import { behindOf, surveyFile } from './survey-file.ts'

/** The entries of a log, as it stands now, that a plan asks for, in LSN order. A torn tail is left out. */
export function* readListing(ports: ReadPorts, listing: SegmentListing, plan: ReadPlan): Generator<Entry> {
  const { from, to } = plan
  // What a segment without a header holds may have come before: to know, all of it is read.
  if (
    (from > 1 || to < Number.MAX_SAFE_INTEGER) &&
    listing.segments.some(({ headerFrom }) => headerFrom === 'frames')
  ) {
    for (const entry of readListing(ports, listing, { ...plan, from: 1, to: Number.MAX_SAFE_INTEGER })) {
      if (entry.lsn > to) return
      if (entry.lsn >= from) yield entry
    }
    return
  }
  for (const problem of listing.problems) reportProblem(plan, problem)
  // LSN behind all that came before.
  let next = 1
  for (const listed of listing.segments) {
    const segment = behindOf(next, listed)
    const { lsnMax, lastLsn, header, isLast } = segment
    if (lsnMax !== undefined && lsnMax < plan.from) {
      next = Math.max(next, lsnMax + 1)
      continue
    }
    // What comes behind a segment has LSNs from its first one on, whatever later headers say.
    if (header.firstLsn > plan.to) return
    const end = isLast ? endOf(surveyFile(ports, segment)) : segment.end
    const lowest = yield* readSegment(ports, segment, { ...plan, from: Math.max(plan.from, next) }, end)
    next = Math.max(header.firstLsn, lowest, (lastLsn ?? 0) + 1)
  }
}

/** Behind the last byte that is read: what counts, and damage behind it, which is told of; not a torn tail. */
export function endOf({ end, damage, tornTail }: SegmentSurvey): number {
  const last = damage.at(-1)
  return last === undefined || tornTail !== undefined ? end : Math.max(end, last.offset + last.bytes)
}

/** Tells of what is wrong with the segments as a plan wishes. @throws ERR_RINGWAL_DAMAGED or ERR_RINGWAL_SEGMENTS under `stop` */
export function reportProblem(plan: ReadPlan, problem: SegmentProblem): void {
  if (plan.onDamage !== 'stop') {
    reportDamage(plan, damageOfProblem(problem))
    return
  }
  const isDamage = ['segment-header', 'unreadable', 'truncated'].includes(problem.class)
  const code = isDamage ? 'ERR_RINGWAL_DAMAGED' : 'ERR_RINGWAL_SEGMENTS'
  throw new RingwalError(code, `${problem.file}: ${problem.class}: ${problem.message}; run: ringwal verify`, {
    ...problem,
  })
}
