import { RingwalError } from '../errors.ts'
import type { SegmentListing, SegmentProblem, StoredSegment } from '../storage/segment-directory.ts'
import { damageOfProblem } from './damage.ts'
import type { Entry } from './entry.ts'
import { type ReadPorts, withFile } from './log-view.ts'
import type { ReadPlan } from './read-options.ts'
import { readSegment, reportDamage } from './segment-reader.ts'
import { type SegmentSurvey, surveySegment } from './segment-survey.ts'
import { tolerantSource } from './tolerant-source.ts'

/** The entries of a log, as it stands now, that a plan asks for, in LSN order. A torn tail is left out. */
export function* readListing(ports: ReadPorts, listing: SegmentListing, plan: ReadPlan): Generator<Entry> {
  for (const problem of listing.problems) reportProblem(plan, problem)
  for (const segment of listing.segments) {
    if (segment.lsnMax !== undefined && segment.lsnMax < plan.from) continue
    if (segment.header.firstLsn > plan.to) return
    const end = segment.isLast ? surveyFile(ports, segment).end : segment.end
    yield* readSegment(ports, segment, plan, end)
  }
}

/**
 * Walks a segment's file whole. Beside a live writer, what it wrote between two reads of the walk looks like a hole: in a
 * last segment only damage that a second walk finds too is believed.
 */
export function surveyFile(
  ports: ReadPorts,
  segment: StoredSegment,
  onProgress?: (offset: number) => void,
): SegmentSurvey {
  const walk = (): SegmentSurvey =>
    withFile(ports.fs, segment.path, (file) =>
      surveySegment(tolerantSource(ports.fs, file), segment, ports.memory, onProgress),
    )
  const first = walk()
  if (!segment.isLast || first.damage.length === 0) return first
  const second = walk()
  const offsets = new Set(first.damage.map(({ offset }) => offset))
  return { ...second, damage: second.damage.filter(({ offset }) => offsets.has(offset)) }
}

function reportProblem(plan: ReadPlan, problem: SegmentProblem): void {
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
