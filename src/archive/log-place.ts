import { RingwalError } from '../errors.ts'
import { FRAME_CHECK_AT } from '../format/index.ts'
import type { ReadPorts } from '../read/log-view.ts'
import { withSegment } from '../read/retired.ts'
import type { WalkStart } from '../read/segment-walk.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { Place } from './manifest.ts'

/**
 * Finds where an archive ends in the log as it is now.
 * @returns `there`; `gap` if records behind it were retired before they were archived
 * @throws ERR_RINGWAL_SEGMENTS if the log is of another history: it was cut, restored or repaired since, and has other records
 *   under those LSNs
 */
export function findPlace(ports: ReadPorts, segments: readonly StoredSegment[], place: Place): 'there' | 'gap' {
  const first = segments[0]
  if (first === undefined) throw otherHistory(place)
  const segment = segments.find(({ number }) => number === place.segment)
  if (segment !== undefined) {
    if (!isAt(ports, segment, place)) throw otherHistory(place)
    return 'there'
  }
  if (first.number < place.segment) throw otherHistory(place)
  if (first.number > place.segment + 1) return 'gap'
  const { lastLsn, endOffset, lastCheck } = first.header.previous
  const isItsEnd =
    lastLsn === place.lsn && endOffset === place.offset && (place.frame === 0 || lastCheck === place.check)
  return isItsEnd ? 'there' : 'gap'
}

/** Checks hold the segment's salt, which is drawn by lot: two histories never have the same one at the same place. */
function isAt(ports: ReadPorts, segment: StoredSegment, { offset, frame, check }: Place): boolean {
  if (frame === 0) return segment.header.salt === check
  if (offset > segment.end) return false
  return withSegment(ports.fs, segment, (file) => {
    const bytes = new Uint8Array(8)
    const got = ports.fs.read(file, bytes, 0, bytes.length, frame + FRAME_CHECK_AT)
    return got === bytes.length && new DataView(bytes.buffer).getBigUint64(0, true) === check
  })
}

function otherHistory({ segment, lsn }: Place): RingwalError {
  const what = `the log is not the one that was archived up to LSN ${lsn}, in segment ${segment}`
  const message = `${what}: it was cut, restored or replaced since. Archive it to another place`
  return new RingwalError('ERR_RINGWAL_SEGMENTS', message, { segment, lsn })
}

/** Where a walk goes on behind a place. */
export function walkFrom({ offset, lsn, frame, check }: Place): WalkStart {
  return { offset, lsn: lsn + 1, lastCheck: frame === 0 ? 0n : check }
}
