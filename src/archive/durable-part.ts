import { HEADER_PAGE_BYTES } from '../format/index.ts'
import { surveyChunk } from '../read/chunk-survey.ts'
import { framesUpTo } from '../read/frames-up-to.ts'
import type { ReadPorts } from '../read/log-view.ts'
import { END_OF_TIME } from '../read/record-filter.ts'
import { refuseRetired, withSegment } from '../read/retired.ts'
import type { DamagedPlace, WalkStart } from '../read/segment-walk.ts'
import { tolerantSource } from '../read/tolerant-source.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { damagedLog } from './log-damage.ts'

/**
 * Offset behind what is proven to be durable of a log's last segment, and counts: whole batches only. Undefined if that is no
 * record behind `start`.
 * @param known LSN that the caller knows to be durable, 0 if none: the segment's own marks prove what they prove
 * @throws ERR_RINGWAL_DAMAGED if something of it does not verify; ERR_RINGWAL_RETIRED
 */
export function durableEnd(
  ports: ReadPorts,
  segment: StoredSegment,
  start: WalkStart | undefined,
  known: number,
): number | undefined {
  return withSegment(ports.fs, segment, (file) => {
    const source = tolerantSource(ports.fs, file)
    const walk = () => surveyChunk(source, segment, ports.memory, start === undefined ? {} : { start })
    const found = walk()
    const places = damagedBefore(found.places, found.sealed ? Number.MAX_SAFE_INTEGER : Math.max(found.mark, known))
    if (places.length > 0) {
      refuseRetired(ports.fs, segment)
      // Beside a live writer, what it wrote between two reads of a walk looks like a hole.
      const again = new Set(walk().places.map(({ damage }) => damage.offset))
      const place = places.find(({ damage }) => again.has(damage.offset))
      if (place !== undefined) throw damagedLog(segment.name, place.damage.offset)
    }
    const first = start?.lsn ?? segment.header.firstLsn
    const from = start?.offset ?? HEADER_PAGE_BYTES
    if (found.sealed && places.length === 0) return found.offset > from ? found.offset : undefined
    const lsn = Math.min(Math.max(found.mark, known), found.lowest - 1)
    if (lsn < first) return undefined
    const end = framesUpTo(ports, source, segment, { lsn, time: END_OF_TIME }, start)
    return end.lsn >= first ? end.offset : undefined
  })
}

/** What stands before the last durable record, and does not verify: all else may be a torn tail, or not written yet. */
function damagedBefore(places: readonly DamagedPlace[], durable: number): DamagedPlace[] {
  return places.filter(({ firstLost, found }) => firstLost <= durable || found === 'unreadable')
}
