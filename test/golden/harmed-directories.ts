import { segmentName } from '../../src/format/index.ts'
import { frameOf } from '../format/segment-bytes.ts'
import { FrameList } from './frame-list.ts'
import { type BuiltSegment, buildSegments, type GoldenLog, headerPage, logIdOf, logOf } from './golden-log.ts'

/** Logs of which a file, or what it is known by, is not what must stand there. */
export function harmedDirectories(): GoldenLog[] {
  return [lostHeader(), missing(), duplicate(), foreignLog(), foreignHistory(), notAFile()]
}

function lostHeader(): GoldenLog {
  const name = 'damage-segment-header'
  const segments = threeSegments(name)
  for (const at of [20, 33, 2048 + 50, 2048 + 70]) segments[1]!.bytes[at]! ^= 3
  const holds = 'No copy of the header of segment 2 verifies; its frames tell the salt, and can be read.'
  return logOf(name, holds, ['segment-header'], segments)
}

function missing(): GoldenLog {
  const name = 'damage-missing-segment'
  const [first, , third] = threeSegments(name)
  return logOf(name, 'Segment 2, with LSN 3 and 4, is missing.', ['missing-segment'], [first!, third!])
}

function duplicate(): GoldenLog {
  const name = 'damage-duplicate-segment'
  const segments = threeSegments(name)
  const copy = { path: segmentName(4), bytes: segments[1]!.bytes }
  return logOf(name, 'File 4 is a copy of segment 2.', ['duplicate-segment'], [...segments, copy])
}

function foreignLog(): GoldenLog {
  const name = 'damage-foreign-log'
  const [first, second, third] = threeSegments(name)
  const bytes = second!.bytes.slice()
  bytes.set(headerPage({ ...second!.header, logId: logIdOf('another log') }))
  const holds = 'Segment 2 has the id of another log; so it is missing from this one.'
  return logOf(name, holds, ['foreign', 'missing-segment'], [first!, { path: second!.path, bytes }, third!])
}

/** As a backup from before a crash may hold it: the same LSNs and sizes, another last frame than the successor knows. */
function foreignHistory(): GoldenLog {
  const name = 'damage-foreign-history'
  const [first, second, third] = threeSegments(name)
  const last = second!.frames.specs.at(-1)!
  const bytes = second!.bytes.slice()
  bytes.set(frameOf({ ...last, time: last.time! + 1n }, second!.header.salt), second!.offsets.at(-1)!)
  const holds = 'Segment 2 is whole, but its last frame is not the one that the header of segment 3 tells of.'
  return logOf(name, holds, ['foreign'], [first!, { path: second!.path, bytes }, third!])
}

function notAFile(): GoldenLog {
  const name = 'damage-not-a-file'
  const [first, second] = threeSegments(name)
  const inside = { path: `${segmentName(3)}/kept.txt`, bytes: new TextEncoder().encode('not a segment\n') }
  return logOf(name, 'A directory stands in the place of segment 3.', ['not-a-file'], [first!, second!, inside])
}

function threeSegments(name: string): BuiltSegment[] {
  return buildSegments(name, [
    { frames: new FrameList().value('one').bytes('two').end() },
    { frames: new FrameList(3).value('three').bytes('four').end() },
    { frames: new FrameList(5).value('five').bytes('six').mark() },
  ])
}
