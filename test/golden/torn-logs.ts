import { TOMBSTONE_LOST } from '../../src/format/index.ts'
import { framesOf, u64Payload } from '../format/segment-bytes.ts'
import { FrameList } from './frame-list.ts'
import {
  type BuiltSegment,
  buildSegments,
  cleanLog,
  type GoldenLog,
  logOf,
  resealHeader,
  saltOf,
} from './golden-log.ts'
import { bytesOfHex, REFUSED_VALUES } from './messagepack-values.ts'

/** Logs that a crash left without an end. */
export function tornLogs(): GoldenLog[] {
  return [
    torn('torn-cut', 'The file ends inside of the last record, behind the last mark.', (segment) =>
      segment.bytes.subarray(0, segment.offsets.at(-1)! + 47),
    ),
    torn(
      'torn-middle',
      'A record behind the last mark does not verify, and two behind it do: they are cut with it.',
      (segment) => {
        segment.bytes[segment.offsets.at(-3)! + 44]! ^= 0x81
        return segment.bytes
      },
    ),
    torn(
      'torn-zeros',
      'A sector behind the last mark never came to disk, and what was written after it did.',
      (segment) => segment.bytes.fill(0, segment.offsets.at(-3)!, segment.offsets.at(-1)!),
    ),
    tornNoise(),
    unfinishedBatch(),
    batchBehindDamage(),
    recycledOpen(),
    begun(),
  ]
}

/** Logs that hold what a reader of version 1 must refuse, or pass over. */
export function foreignVersionLogs(): GoldenLog[] {
  const values = new FrameList()
  for (const hex of REFUSED_VALUES) values.packed(bytesOfHex(hex))
  return [
    cleanLog(
      'values-refused',
      'Records that say to be MessagePack and can not be decoded: the log is whole all the same.',
      [{ frames: values.end() }],
    ),
    cleanLog(
      'later-writer',
      'What a later version may write and this one passes over: kinds to skip, more payload, codecs 2, 3.',
      [{ frames: laterFrames() }],
    ),
    laterHeader(),
    cleanLog('later-kind', 'A frame of kind 6, which a reader of version 1 must refuse.', [
      { frames: new FrameList().value(1).add({ kind: 6, lsn: 2 }) },
    ]),
    cleanLog('later-flags', 'A record with flag bit 3, which a reader of version 1 must refuse.', [
      { frames: new FrameList().value(1).value(2, { codec: 5 }) },
    ]),
  ]
}

function torn(name: string, holds: string, harm: (segment: BuiltSegment) => Uint8Array): GoldenLog {
  const frames = new FrameList().value('one').value('two').mark().value('three').value('four').value('five')
  const [segment] = buildSegments(name, [{ frames }])
  return logOf(name, holds, ['torn-tail'], [{ path: segment!.path, bytes: harm(segment!) }])
}

function unfinishedBatch(): GoldenLog {
  const frames = new FrameList().value('one').mark().value('two').value('a batch', { continuesBatch: true })
  frames.value('without an end', { continuesBatch: true }).mark(2)
  const name = 'batch-unfinished'
  const holds = 'Two records of an atomic batch, and the log ends before the batch does: neither is part of it.'
  return logOf(name, holds, ['torn-tail'], buildSegments(name, [{ frames, tail: new Uint8Array(200) }]))
}

function tornNoise(): GoldenLog {
  const name = 'torn-noise'
  const tail = new Uint8Array(400)
  tail.fill(0x5a, 200, 300)
  const plan = { frames: new FrameList().value('one').mark().value('two'), tail }
  const holds = 'Zeros behind the last record, and then bytes that are no frame: a torn tail without a record.'
  return logOf(name, holds, ['torn-tail'], buildSegments(name, [plan]))
}

/** The LSN that a mark proves is not given out again, though its record and all behind it are gone. */
function batchBehindDamage(): GoldenLog {
  const name = 'batch-behind-damage'
  const frames = new FrameList().value('one').value('two').value('a batch', { continuesBatch: true }).mark(2)
  const [segment] = buildSegments(name, [{ frames }])
  for (const at of [41, 43]) segment!.bytes[segment!.offsets[1]! + at]! ^= 0x11
  const holds =
    'LSN 2, which a mark proves durable, is damaged; behind it is a batch without an end. The next LSN is 3.'
  return logOf(name, holds, ['payload', 'torn-tail'], [segment!])
}

function begun(): GoldenLog {
  const name = 'begun'
  const frames = new FrameList().value('one').value('two')
  const [first, second] = buildSegments(name, [{ frames }, { frames: new FrameList(3) }])
  second!.bytes.fill(0, 2048)
  const holds =
    'One copy of the second header is there and nothing behind it: a crash while it was written, and no damage.'
  return logOf(name, holds, [], [first!, second!])
}

function recycledOpen(): GoldenLog {
  const name = 'recycled-open'
  const oldSalt = saltOf(name, 0)
  const stale = framesOf(new FrameList(70).value('of its former life').value('and more').mark().specs, oldSalt)
  const frames = new FrameList().value('one').value('two').mark()
  const plan = { frames, tail: stale.subarray(16), header: { recycledSalt: oldSalt } }
  const holds = 'A recycled file whose writer left it open: the stale frames behind the last record are a torn tail.'
  return logOf(name, holds, ['torn-tail'], buildSegments(name, [plan]))
}

function laterFrames(): FrameList {
  const more = Uint8Array.of(0xca, 0xfe)
  return new FrameList()
    .value('one')
    .add({ kind: 129, lsn: 1, codec: 0x7f, continuesBatch: true, type: 9, key: 1, payload: more })
    .add({ kind: 255, lsn: 0 })
    .add({ kind: 128, lsn: 2, type: 4711, payload: more })
    .bytes(more, { codec: 2 })
    .bytes(more, { codec: 3 })
    .add({ kind: 2, lsn: 3, payload: more })
    .tombstone(TOMBSTONE_LOST, 3, more)
    .add({ kind: 5, lsn: 7, type: 99, payload: more })
    .add({ kind: 1, lsn: 8, payload: u64Payload(0) })
    .add({ kind: 4, lsn: 8, payload: more })
}

function laterHeader(): GoldenLog {
  const name = 'later-header'
  const [segment] = buildSegments(name, [{ frames: new FrameList().value(1).end() }])
  for (const at of [8, 2048 + 8]) segment!.bytes[at] = 2
  resealHeader(segment!.bytes)
  return logOf(name, 'A header of version 2, which a reader of version 1 must refuse.', [], [segment!])
}
