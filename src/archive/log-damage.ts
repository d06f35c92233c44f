import { RingwalError } from '../errors.ts'
import type { SegmentListing, StoredSegment } from '../storage/segment-directory.ts'

/** An archive takes no damage: what it keeps is to be restored. */
export function damagedLog(file: string, offset: number, what = 'something does not verify'): RingwalError {
  const message = `${file} at offset ${offset}: ${what}; it is not archived. Run: ringwal verify`
  return new RingwalError('ERR_RINGWAL_DAMAGED', message, { file, offset })
}

/**
 * Refuses a log with damage in its directory, from a segment on: what came before is in the archive already.
 * @throws ERR_RINGWAL_DAMAGED
 */
export function refuseProblems({ segments, problems }: SegmentListing, from: number): void {
  const firstName = segments.find(({ number }) => number >= from)?.name ?? ''
  const problem = problems.find(({ file }) => file >= firstName)
  if (problem !== undefined) throw damagedLog(problem.file, problem.offset, `${problem.class}: ${problem.message}`)
  for (const segment of segments) if (segment.number >= from) refuseHeader(segment)
}

function refuseHeader({ name, headerFrom, headerDamage }: StoredSegment): void {
  if (headerFrom !== 'page' || headerDamage.length > 0) throw damagedLog(name, 0, 'its header page does not verify')
}
