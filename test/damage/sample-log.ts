/**
 * Logs of two segments and about 200 records, as the real writer leaves them, with the truth about them: what was
 * appended under which LSN, and where each frame stands. The same bytes in every process, so that a seed replays a case.
 */
import { createCodec } from '../../src/codec/index.ts'
import {
  decodeHeaderPage,
  encodeHeaderPage,
  frameBytes,
  HEADER_PAGE_BYTES,
  KIND_TOMBSTONE,
  readFrame,
  type SegmentHeader,
  segmentName,
} from '../../src/format/index.ts'
import { RingMemory, RingProducer } from '../../src/ring/index.ts'
import type { Appender, BytesRecord } from '../../src/wal/appender.ts'
import { checker, type HarnessSettings, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

export interface SampleRecord {
  readonly lsn: number
  readonly bytes: Uint8Array
  readonly type: number
  readonly key: number
  readonly time: bigint
  readonly codec: 'bytes' | 'msgpack'
  readonly continuesBatch: boolean
}

export interface SampleFrame {
  readonly offset: number
  /** Bytes of the whole frame. */
  readonly bytes: number
  readonly kind: number
  readonly lsn: number
  /** Of a tombstone, the last LSN that it stands for; else `lsn`. */
  readonly lastLsn: number
}

export interface SampleSegment {
  readonly name: string
  readonly path: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What stood in the file before the segment was begun: zeros, or a retired segment of the same log. */
  readonly former: Uint8Array
  readonly header: SegmentHeader
  readonly frames: readonly SampleFrame[]
  /** Offset behind the last frame. */
  readonly end: number
  /** LSNs of its records and tombstones. */
  readonly firstLsn: number
  readonly lastLsn: number
}

export interface SampleLog {
  readonly name: string
  /** Two of them, the older first. */
  readonly segments: readonly SampleSegment[]
  /** Further files of the directory. */
  readonly others: ReadonlyMap<string, Uint8Array>
  readonly records: ReadonlyMap<number, SampleRecord>
  /** The same, and those of the segments that were retired. */
  readonly history: ReadonlyMap<number, SampleRecord>
  readonly firstLsn: number
  readonly lastLsn: number
}

export type SampleName = 'closed' | 'open' | 'recycled'
export const SAMPLE_NAMES: readonly SampleName[] = ['closed', 'open', 'recycled']

/** A log's last segment ends with an end frame, in zeros with a spare behind it, or in stale frames of a former life. */
export function sampleLog(name: SampleName): SampleLog {
  if (name !== 'recycled') return pick(name, writeLog(2, name === 'closed', {}), 1)
  return pick(name, writeLog(4, false, { firstLsn: 2 ** 32 - 320 }), 3)
}

const SEGMENT_BYTES = 12_288
const LAST_SEGMENT_LSNS = 90
const LOG_ID = '000102030405060708090a0b0c0d0e0f'

interface Written {
  readonly disk: SimulatedDisk
  readonly records: readonly SampleRecord[]
  readonly lastLsn: number
}

/** A log of so many segments. */
function writeLog(segments: number, isClosed: boolean, settings: HarnessSettings): Written {
  const disk = new SimulatedDisk({ recordCalls: false })
  const log = LogHarness.open(disk, {
    ...{ policy: 'always', segmentBytes: SEGMENT_BYTES, ringBytes: 1 << 14, spareSegments: 1 },
    ...settings,
  })
  const author = new Author(log)
  while (log.control.counts.readCounts().segments < segments) author.write()
  for (const end = author.lastLsn + LAST_SEGMENT_LSNS; author.lastLsn < end; ) author.write()
  if (isClosed) log.close()
  else log.settle()
  return { disk: log.disk, records: author.records, lastLsn: author.lastLsn }
}

/** Appends from three threads' hands: single records and batches, empty, short and long ones. */
class Author {
  readonly records: SampleRecord[] = []
  lastLsn: number
  private readonly random = new SeededRandom(7)
  private readonly codec = createCodec({ useBigInt64: false })
  private readonly log: LogHarness
  private readonly appenders: readonly Appender[]
  private turn = 0

  constructor(log: LogHarness) {
    this.log = log
    this.lastLsn = log.appender.lastLsn
    this.appenders = [log.appender, log.furtherAppender().appender, log.furtherAppender().appender]
  }

  write(): void {
    const { random, log } = this
    this.turn++
    if (this.turn % 60 === 0) this.abandonClaim(random.between(1, 3))
    else this.append(random.chance(0.25) ? random.between(2, 5) : 1)
    log.makeSpares()
    log.clock.advance(random.between(0, 3))
    if (random.chance(0.4)) log.settle()
  }

  private append(count: number): void {
    const appender = this.random.pick(this.appenders)
    const records = Array.from({ length: count }, () => this.newRecord())
    const first = appender.appendBytesBatch(records) - count + 1
    records.forEach((record, i) => {
      this.records.push({ ...record, lsn: first + i, continuesBatch: i < count - 1 })
    })
    this.lastLsn = first + count - 1
  }

  private newRecord(): BytesRecord & Required<Omit<BytesRecord, 'bytes'>> {
    const { random, turn } = this
    const facts = { type: random.between(0, 5), key: random.uint32(), time: BigInt(turn) * 1_000_003n }
    if (random.chance(0.3)) return { ...facts, codec: 'msgpack', bytes: this.codec.encode({ id: turn }).slice() }
    const length = random.chance(0.02) ? random.between(250, 500) : random.between(0, 48)
    return { ...facts, codec: 'bytes', bytes: payload(length, turn) }
  }

  /** A thread claims room for records and dies: a tombstone takes their LSNs. */
  private abandonClaim(count: number): void {
    const { ring } = this.log
    const owner = ring.takeOwner()
    const producer = RingProducer.further(RingMemory.attach(ring.memory), owner)
    if (producer.tryClaim(48, count) < 0) throw new Error('no room for the claim')
    ring.revokeOwner(owner)
    this.log.settle()
    this.lastLsn += count
  }
}

/** The log's segment `first` and the one behind it; those before are their former lives. */
function pick(name: string, { disk, records, lastLsn }: Written, first: number): SampleLog {
  const segments = [first, first + 1].map((number) => {
    const former = number > 2 ? contentOf(disk, number - 2) : undefined
    return readSegment(number, contentOf(disk, number), former)
  })
  const [one, two] = segments
  const isWhole = one!.header.previous.lastLsn === one!.firstLsn - 1 && two!.lastLsn === lastLsn
  if (!isWhole || two!.firstLsn - one!.firstLsn < 80 || two!.lastLsn - two!.firstLsn < 80)
    throw new Error(`the sample log ${name} has not the form it must have`)
  const others = new Map<string, Uint8Array>()
  const spare = segmentName(first + 2)
  if (disk.statPath(`${LOG_DIR}/${spare}`) !== undefined) others.set(spare, disk.readFile(`${LOG_DIR}/${spare}`))
  const history = new Map(records.map((record) => [record.lsn, record]))
  const own = new Map([...history].filter(([lsn]) => lsn >= one!.firstLsn))
  return { name, segments, others, records: own, history, firstLsn: one!.firstLsn, lastLsn }
}

function contentOf(disk: SimulatedDisk, number: number): Uint8Array<ArrayBuffer> {
  const bytes = disk.readFile(`${LOG_DIR}/${segmentName(number)}`)
  const { header } = decodeHeaderPage(bytes.subarray(0, HEADER_PAGE_BYTES), checker)
  // The log's own id is random.
  bytes.set(encodeHeaderPage({ ...header!, logId: LOG_ID }, checker))
  return bytes
}

function readSegment(number: number, bytes: Uint8Array<ArrayBuffer>, former: Uint8Array | undefined): SampleSegment {
  const frames = framesOf(bytes)
  const name = segmentName(number)
  const last = frames.at(-1)!
  const end = last.offset + last.bytes
  if (former !== undefined) bytes.set(former.subarray(end, bytes.length), end)
  const { header } = decodeHeaderPage(bytes.subarray(0, HEADER_PAGE_BYTES), checker)
  const lsns = frames.filter(({ kind }) => kind === 1 || kind === KIND_TOMBSTONE).map(({ lastLsn }) => lastLsn)
  return {
    ...{ name, path: `${LOG_DIR}/${name}`, bytes, former: former ?? new Uint8Array(bytes.length), frames, end },
    ...{ header: header!, firstLsn: header!.firstLsn, lastLsn: lsns.at(-1)! },
  }
}

/** The frames of a whole segment, believed as they stand. */
function framesOf(bytes: Uint8Array<ArrayBuffer>): SampleFrame[] {
  const view = new DataView(bytes.buffer)
  const frames: SampleFrame[] = []
  for (let offset = HEADER_PAGE_BYTES; offset + 40 <= bytes.length; ) {
    const { kind, lsn, length } = readFrame(view, offset)
    if (kind === 0) break
    const size = frameBytes(length)
    const lastLsn = kind === KIND_TOMBSTONE && length >= 8 ? Number(view.getBigUint64(offset + 40, true)) : lsn
    frames.push({ offset, bytes: size, kind, lsn, lastLsn })
    offset += size
  }
  return frames
}
