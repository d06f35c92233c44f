/** All that verify and a reader who goes on past damage say about a log, through the file-system port. */
import type { Damage } from '../../src/read/damage.ts'
import type { Entry } from '../../src/read/entry.ts'
import { type ReadPorts, viewLog } from '../../src/read/log-view.ts'
import { readListing } from '../../src/read/read-log.ts'
import { planRead } from '../../src/read/read-options.ts'
import { judgeSurvey, type SegmentSurvey } from '../../src/read/segment-survey.ts'
import { behindOf, surveyFile, surveyListing } from '../../src/read/survey-file.ts'
import type { SegmentListing } from '../../src/storage/segment-directory.ts'
import { runChunk } from '../../src/verify/chunk-worker.ts'
import { ChunkJoin, planChunks } from '../../src/verify/survey-plan.ts'
import { reportOf, type VerifyReport } from '../../src/verify/verify-report.ts'

export interface Findings {
  readonly listing: SegmentListing
  readonly surveys: readonly SegmentSurvey[]
  readonly report: VerifyReport
  /** What a reader was told, and what it was handed out. */
  readonly told: readonly Damage[]
  readonly entries: readonly Entry[]
}

/** The whole log, through all that a reader goes through. */
export function examine(ports: ReadPorts, path: string): Findings {
  const listing = viewLog(ports, path)
  const surveys = surveyListing(ports, listing)
  const told: Damage[] = []
  const plan = planRead({ onDamage: (damage) => told.push(damage) })
  const entries = [...readListing(ports, listing, plan)]
  return { listing, surveys, report: reportOf(listing, surveys), told, entries }
}

/** What verify says when only the frames of one segment changed since a look at the whole. */
export function verifyAgain(ports: ReadPorts, { listing, surveys }: Findings, segment: number): VerifyReport {
  const survey = surveyFile(ports, listing.segments[segment]!)
  return reportOf(listing, surveys.with(segment, survey))
}

/** What it says when only a header page changed, and the header can still be read. */
export function verifyHeaders(ports: ReadPorts, path: string, { surveys }: Findings): VerifyReport {
  return reportOf(viewLog(ports, path), surveys)
}

/** The same segments surveyed in parts, as the threads of `verifyLog` share them. */
export async function surveyInChunks(
  ports: ReadPorts,
  { segments }: SegmentListing,
  chunkBytes: number,
): Promise<SegmentSurvey[]> {
  const surveys: SegmentSurvey[] = []
  for (const listed of segments) {
    const segment = behindOf(surveys.at(-1)?.nextLsn, listed)
    const join = new ChunkJoin(async (task) => runChunk(ports, task))
    for (const task of planChunks(segment, chunkBytes)) await join.add(task, runChunk(ports, task))
    surveys.push(judgeSurvey(segment, join.survey))
  }
  return surveys
}
