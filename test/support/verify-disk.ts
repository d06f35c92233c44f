/** What `verifyLog` reports, of a log on a simulated disk. */

import { type ChunkSurvey, surveyChunk } from '../../src/read/chunk-survey.ts'
import { viewLog, withFile } from '../../src/read/log-view.ts'
import { surveyListing } from '../../src/read/survey-file.ts'
import { tolerantSource } from '../../src/read/tolerant-source.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import type { StoredSegment } from '../../src/storage/segment-directory.ts'
import { reportOf, type VerifyReport } from '../../src/verify/verify-report.ts'
import { LOG_DIR } from './log-harness.ts'
import { readPorts } from './log-records.ts'

export function verifyDisk(fs: FileSystem, path: string = LOG_DIR): VerifyReport {
  const ports = readPorts(fs)
  const listing = viewLog(ports, path)
  return reportOf(listing, surveyListing(ports, listing))
}

/** The segments of a log. */
export function segmentsOn(fs: FileSystem, path: string = LOG_DIR): readonly StoredSegment[] {
  return viewLog(readPorts(fs), path).segments
}

/** One walk over a segment, before anything in it is judged. */
export function walkOver(fs: FileSystem, segment: StoredSegment): ChunkSurvey {
  return withFile(fs, segment.path, (file) => surveyChunk(tolerantSource(fs, file), segment, readPorts(fs).memory))
}
