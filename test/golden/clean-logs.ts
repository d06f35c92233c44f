import { KIND_SKIPPABLE_BIT, TOMBSTONE_ABANDONED, TOMBSTONE_LOST } from '../../src/format/index.ts'
import { framesOf } from '../format/segment-bytes.ts'
import { FrameList } from './frame-list.ts'
import { BIGINT64, buildSegments, cleanLog, type GoldenLog, logOf, saltOf } from './golden-log.ts'
import { BIGINT_VALUES, bytesOfHex, PLAIN_VALUES, UNPRINTABLE_TEXTS } from './messagepack-values.ts'

const OLD = { number: 41, epoch: 7 }
const LSN_MAX = Number.MAX_SAFE_INTEGER

/** Logs without damage or a torn tail. */
export function cleanLogs(): GoldenLog[] {
  return [...wholeLogs(), ...valueLogs(), ...largeLsnLogs(), afterCrash(), recycled(), leftovers()]
}

function wholeLogs(): GoldenLog[] {
  return [
    cleanLog('empty', 'A log to which nothing was ever appended: a header page, and nothing behind it.', [
      { frames: new FrameList() },
    ]),
    cleanLog('empty-sealed', 'A log that was closed before anything was appended: the end frame tells of LSN 0.', [
      { frames: new FrameList().end() },
    ]),
    cleanLog(
      'sealed',
      'One segment that its writer closed: records of bytes and of MessagePack, sync marks, the end.',
      [{ frames: orders(new FrameList(), 6).end() }],
    ),
    cleanLog(
      'unsealed',
      'One segment that its writer left open, filled with zeros in advance; the last mark proves LSN 6.',
      [{ frames: orders(new FrameList(), 6).value('after the last mark'), tail: new Uint8Array(1000) }],
    ),
    cleanLog(
      'every-kind',
      'Every kind of frame: records, sync marks, padding, tombstones of both types, notes, the end.',
      [{ frames: everyKind() }],
    ),
    cleanLog('batches', 'Atomic batches that are whole, with a mark, padding and a tombstone inside of them.', [
      { frames: batches() },
    ]),
    cleanLog('oldest-removed', 'A log that goes on from LSN 1001: its first forty segments were removed.', [
      { frames: orders(new FrameList(1001), 4).end(), header: { ...OLD, previous: removed(1000) } },
      { frames: orders(new FrameList(1005), 3).mark() },
    ]),
  ]
}

function valueLogs(): GoldenLog[] {
  const plain = new FrameList()
  for (const hex of PLAIN_VALUES) plain.packed(bytesOfHex(hex))
  for (const text of UNPRINTABLE_TEXTS) plain.value(text)
  plain.value({ [UNPRINTABLE_TEXTS[0]!]: UNPRINTABLE_TEXTS })
  const big = new FrameList(1, { useBigInt64: true })
  for (const hex of BIGINT_VALUES) big.packed(bytesOfHex(hex))
  big.value({ price: 184_467_440_737_095n, size: 3, at: new Date('2026-06-21T09:30:00.250Z') })
  return [
    cleanLog('values', 'Every form of MessagePack, and texts with characters that control a terminal.', [
      { frames: plain.bytes(Uint8Array.of(0, 0x1b, 0xff)).end() },
    ]),
    cleanLog('bigint64', 'Codec setting 1: integers that stand in 64 bits are big integers.', [
      { frames: big.end(), header: BIGINT64 },
    ]),
  ]
}

function largeLsnLogs(): GoldenLog[] {
  const edge = 2 ** 32
  return [
    cleanLog('lsn-2-32-inside', 'LSNs that cross 2^32 inside of a segment.', [
      {
        frames: orders(new FrameList(edge - 3), 7)
          .mark()
          .end(),
        header: { ...OLD, previous: removed(edge - 4) },
      },
    ]),
    cleanLog('lsn-2-32-border', 'LSNs that cross 2^32 from one segment to the next.', [
      { frames: orders(new FrameList(edge - 3), 3).end(), header: { ...OLD, previous: removed(edge - 4) } },
      { frames: orders(new FrameList(edge), 3).mark() },
    ]),
    cleanLog(
      'lsn-limit',
      'The last LSN that there can be, 2^53 - 1, in a segment with the last number that there can be.',
      [
        {
          frames: orders(new FrameList(LSN_MAX - 4), 5).mark(),
          header: { number: LSN_MAX, epoch: LSN_MAX, previous: removed(LSN_MAX - 5) },
        },
      ],
    ),
  ]
}

/** Records of an engine, with marks here and there. */
function orders(frames: FrameList, count: number): FrameList {
  for (let i = 0; i < count; i++) {
    if (i % 3 === 2) frames.bytes(`raw \u0001 ${i}`, { type: 65535 }).mark()
    else frames.value({ kind: 'order', id: `c-${i}`, qty: 1000 * i }, { type: 7, key: 0x9e3779b9 + i })
  }
  return frames
}

function everyKind(): FrameList {
  return new FrameList()
    .value({ kind: 'order' }, { type: 1, key: 0xffffffff })
    .bytes('bytes of its own')
    .bytes(new Uint8Array(0))
    .mark()
    .padding(0)
    .padding(13)
    .tombstone(TOMBSTONE_ABANDONED)
    .tombstone(TOMBSTONE_LOST, 1)
    .tombstone(TOMBSTONE_ABANDONED, 20)
    .tombstone(TOMBSTONE_LOST, 1000)
    .restored(4173, 5)
    .value('restored')
    .add({ kind: KIND_SKIPPABLE_BIT | 9, lsn: 0, payload: Uint8Array.of(1, 2, 3) })
    .mark()
    .value('last')
    .end()
}

function batches(): FrameList {
  return new FrameList()
    .batch('a whole batch', 'of two')
    .value('single')
    .value('a batch of four', { continuesBatch: true })
    .mark(3)
    .value('its second', { continuesBatch: true })
    .padding(5)
    .tombstone(TOMBSTONE_ABANDONED)
    .batch('another', 'that ends', 'with this')
    .mark()
    .end()
}

/** What the header of the oldest segment that is left tells of the one before it. */
function removed(lastLsn: number): { lastLsn: number; endOffset: number; lastCheck: bigint } {
  return { lastLsn, endOffset: 65_536, lastCheck: 0x0123_4567_89ab_cdefn }
}

function afterCrash(): GoldenLog {
  const first = orders(new FrameList(), 5).end()
  const second = orders(new FrameList(6), 3)
  const counted = second.specs.length
  second.batch('an atomic batch', 'that came to disk in part')
  return cleanLog(
    'rotated',
    'Three segments: a closed one; one whose writer died, and of which the next says where it ends; the one after that.',
    [
      { frames: first },
      { frames: second, counted, tail: new Uint8Array(500).fill(0xa5) },
      { frames: orders(new FrameList(9), 3).mark(), header: { epoch: 2 }, tail: new Uint8Array(64) },
    ],
  )
}

function recycled(): GoldenLog {
  const name = 'recycled-sealed'
  const oldSalt = saltOf(name, 0)
  const stale = framesOf(orders(new FrameList(900), 5).specs, oldSalt).subarray(24)
  return cleanLog(name, 'A segment in a recycled file: behind the end stand frames of its former life, cut anywhere.', [
    { frames: orders(new FrameList(), 4).end(), tail: stale, header: { recycledSalt: oldSalt } },
  ])
}

function leftovers(): GoldenLog {
  const name = 'leftovers'
  const segments = buildSegments(name, [{ frames: orders(new FrameList(), 4).mark() }])
  const torn = new Uint8Array(600)
  torn.set(segments[0]!.bytes.subarray(0, 60))
  const text = (words: string): Uint8Array => new TextEncoder().encode(words)
  const holds = 'Behind the last segment: an empty file, one of zeros, and one whose header was torn; files of others.'
  return logOf(
    name,
    holds,
    [],
    [
      ...segments,
      { path: '00000000000000000002.rwal', bytes: new Uint8Array(0) },
      { path: '00000000000000000003.rwal', bytes: new Uint8Array(64) },
      { path: '00000000000000000004.rwal', bytes: torn },
      { path: '00000000000000000000.rwal', bytes: text('number 0 is none\n') },
      { path: '0000000000000000002.rwal', bytes: text('nineteen digits\n') },
      { path: 'checkpoint.json', bytes: text('{}\n') },
    ],
  )
}
