import { FrameList } from './frame-list.ts'
import { type BuiltSegment, buildSegments, type Finding, type GoldenLog, logOf } from './golden-log.ts'

/** Logs of which one segment rotted. */
export function damagedLogs(): GoldenLog[] {
  return [...flippedLogs(), ...lostSectorLogs(), headerCopy(), beforeTornTail()]
}

function flippedLogs(): GoldenLog[] {
  return [
    harmed(
      'payload',
      'One bit of the payload of LSN 2 is flipped, and three bytes in that of LSN 5.',
      ['payload'],
      (segment) => {
        flip(segment, 1, 45, 0x10)
        for (const at of [41, 44, 47]) flip(segment, 5, at, 0x55)
      },
    ),
    harmed(
      'header',
      'One bit in the LSN field of LSN 2 is flipped, and another in the LSN of a sync mark.',
      ['header'],
      (segment) => {
        flip(segment, 1, 18, 0x04)
        flip(segment, 3, 16, 0x08)
      },
    ),
    harmed(
      'length',
      'The length of LSN 2 is one that can not be, that of LSN 5 one that leads into the next frame.',
      ['length'],
      (segment) => {
        flip(segment, 1, 10, 0x40)
        flip(segment, 5, 8, 0x20)
      },
    ),
  ]
}

function lostSectorLogs(): GoldenLog[] {
  return [
    harmed(
      'zeros',
      'LSN 2 and 3 were overwritten with zeros, and so was all from LSN 6 to the end.',
      ['zeros'],
      (segment) => {
        segment.bytes.fill(0, segment.offsets[1]!, segment.offsets[3]!)
        segment.bytes.fill(0, segment.offsets[6]!, segment.end.endOffset)
      },
    ),
    gap(),
    harmed(
      'stale',
      'In the place of LSN 4 stands LSN 2 again, as an old sector that came back.',
      ['stale'],
      (segment) => {
        segment.bytes.copyWithin(segment.offsets[4]!, segment.offsets[1]!, segment.offsets[2]!)
      },
    ),
    truncated(),
  ]
}

function headerCopy(): GoldenLog {
  const name = 'damage-header-copy'
  const [first, second] = twoSegments(name)
  first!.bytes[41]! ^= 0x80
  second!.bytes.fill(0, 2048, 2560)
  second!.bytes[3000] = 1
  const holds =
    'Copy A of the first header has a flipped bit; copy B of the second is gone, and a byte beside it is not zero.'
  return logOf(name, holds, ['segment-header'], [first!, second!])
}

/** A log of two segments, of which the first is then harmed. */
function harmed(
  name: string,
  holds: string,
  shows: readonly Finding[],
  harm: (segment: BuiltSegment) => void,
): GoldenLog {
  const [first, second] = twoSegments(`damage-${name}`)
  harm(first!)
  return logOf(`damage-${name}`, holds, shows, [first!, second!])
}

/** LSN 1 to 6 (frames 0 to 2 and 4 to 6, between them a mark) and the end; then LSN 7 and 8 and a mark. */
function twoSegments(name: string): BuiltSegment[] {
  const first = new FrameList()
  for (let lsn = 1; lsn <= 6; lsn++) {
    first.value({ lsn, side: lsn % 2 === 0 ? 'buy' : 'sell' }, { type: lsn, key: 17 * lsn })
    if (lsn === 3) first.mark()
  }
  return buildSegments(name, [
    { frames: first.end() },
    { frames: new FrameList(7).value('seven').value('eight').mark() },
  ])
}

function flip({ bytes, offsets }: BuiltSegment, frame: number, at: number, mask: number): void {
  bytes[offsets[frame]! + at]! ^= mask
}

function gap(): GoldenLog {
  const frames = new FrameList().value('one').value('two')
  frames.next = 5
  frames.value('five').mark(5)
  const plan = { frames: frames.value('six').end() }
  return logOf(
    'damage-gap',
    'Nothing is bad, but LSN 3 and 4 are missing.',
    ['gap'],
    buildSegments('damage-gap', [plan]),
  )
}

function truncated(): GoldenLog {
  const name = 'damage-truncated'
  const [first, second] = twoSegments(name)
  const bytes = first!.bytes.subarray(0, first!.offsets[5]! + 44)
  const holds = 'The first segment ends inside of LSN 5, before where the header of the second says that it ends.'
  return logOf(name, holds, ['truncated'], [{ path: first!.path, bytes }, second!])
}

function beforeTornTail(): GoldenLog {
  const name = 'damage-before-torn-tail'
  const frames = new FrameList().value('one').value('two').mark().value('three').value('four')
  const [segment] = buildSegments(name, [{ frames }])
  flip(segment!, 1, 42, 0x02)
  flip(segment!, 3, 42, 0x02)
  const holds =
    'LSN 2, which the mark behind it proves durable, is damaged; LSN 3 behind the mark is torn: they look alike.'
  return logOf(name, holds, ['payload', 'torn-tail'], [segment!])
}
