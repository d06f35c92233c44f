/** Logs of any frames in any segments, made by the format document alone, with the truth about them. */
import fc from 'fast-check'
import {
  createKernelMemory,
  encodeHeaderPage,
  FRAME_HEADER_BYTES,
  type FrameMemory,
  frameBytes,
  HEADER_PAGE_BYTES,
  KIND_END,
  KIND_PADDING,
  KIND_RECORD,
  KIND_SKIPPABLE_BIT,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
  type SegmentHeader,
  segmentName,
  TOMBSTONE_ABANDONED,
  writeFrame,
} from '../../src/format/index.ts'
import type { SampleRecord } from '../damage/sample-log.ts'
import { type FrameSpec, joined, u64Payload } from '../format/segment-bytes.ts'
import { checker, LOG_DIR } from './log-harness.ts'

export interface PlacedSpec extends FrameSpec {
  readonly offset: number
  /** Of the whole frame. */
  readonly bytes: number
}

export interface ArbitrarySegment {
  readonly path: string
  readonly header: SegmentHeader
  readonly frames: readonly PlacedSpec[]
  /** Offset behind the last frame. */
  readonly end: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface ArbitraryLog {
  readonly segments: readonly ArbitrarySegment[]
  readonly records: ReadonlyMap<number, SampleRecord>
  readonly firstLsn: number
  readonly lastLsn: number
}

/** One thing to be written: `lsns` is how many LSNs it takes. */
interface Item {
  readonly kind: number
  readonly lsns: number
  readonly payload: Uint8Array
  readonly type: number
  readonly time: bigint
  readonly key: number
  readonly codec: number
  readonly continuesBatch: boolean
}

interface Plan {
  readonly items: readonly Item[]
  /** After how many items each segment but the last ends. */
  readonly cuts: readonly number[]
  readonly start: { readonly number: number; readonly firstLsn: number }
  readonly salt: bigint
  /** Frames that are sealed with one call. */
  readonly batch: number
  readonly tail: 'end frame' | 'end frame and zeros' | 'zeros' | 'nothing'
}

export const PAYLOAD_MAX: number = 1 << 16
const NOTHING = new Uint8Array(0)
const GOLDEN = 0x9e37_79b9_7f4a_7c15n

/** @param payloadMax bytes of the longer payloads @param itemsMax frames of a log, about */
export function arbitraryLog(payloadMax = 400, itemsMax = 60): fc.Arbitrary<ArbitraryLog> {
  const plan = fc.record<Plan>({
    items: fc.array(itemOf(payloadMax), { maxLength: itemsMax, size: 'max' }),
    cuts: fc.array(fc.nat(itemsMax), { maxLength: 3 }),
    start: fc.constantFrom({ number: 1, firstLsn: 1 }, { number: 9, firstLsn: 2 ** 32 - 5 }),
    salt: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    batch: fc.integer({ min: 1, max: 20 }),
    tail: fc.constantFrom('end frame', 'end frame and zeros', 'zeros', 'nothing'),
  })
  return plan.map(write)
}

function itemOf(payloadMax: number): fc.Arbitrary<Item> {
  const facts = {
    type: fc.oneof(fc.nat(5), fc.nat(65_535)),
    time: fc.oneof(fc.bigInt({ min: 0n, max: 99n }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })),
    key: fc.oneof(fc.nat(5), fc.nat(0xffff_ffff)),
    continuesBatch: fc.boolean(),
  }
  const none = { lsns: fc.constant(0), codec: fc.constant(0) }
  const length = fc.oneof({ weight: 8, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.nat(payloadMax) })
  const bytes = length.chain((size) => fc.uint8Array({ minLength: size, maxLength: size }))
  const record = { ...facts, kind: fc.constant(KIND_RECORD), lsns: fc.constant(1) }
  const inBytes = fc.record<Item>({ ...record, codec: fc.constant(0), payload: bytes })
  const small = fc.nat(127).map((value) => Uint8Array.of(value))
  const inMessagePack = fc.record<Item>({ ...record, codec: fc.constant(1), payload: small })
  const bare = fc.record<Item>({ ...facts, ...none, kind: fc.constant(KIND_SYNC_MARK), payload: fc.constant(NOTHING) })
  const idle = fc.record<Item>({
    ...facts,
    ...none,
    kind: fc.constantFrom(KIND_PADDING, KIND_SKIPPABLE_BIT | 9),
    payload: fc.uint8Array({ maxLength: 30 }),
  })
  const lost = fc.integer({ min: 1, max: 3 }).chain((lsns) => {
    const kind = fc.constant(KIND_TOMBSTONE)
    return fc.record<Item>({ ...facts, ...none, kind, lsns: fc.constant(lsns), payload: fc.constant(NOTHING) })
  })
  return fc.oneof(
    { weight: 12, arbitrary: inBytes },
    { weight: 3, arbitrary: inMessagePack },
    { weight: 2, arbitrary: bare },
    { weight: 1, arbitrary: idle },
    { weight: 1, arbitrary: lost },
  )
}

function write({ items, cuts, start, salt, batch, tail }: Plan): ArbitraryLog {
  const bounds = [0, ...[...cuts].sort((a, b) => a - b), items.length].map((at) => Math.min(at, items.length))
  const segments: ArbitrarySegment[] = []
  const records = new Map<number, SampleRecord>()
  let lsn = start.firstLsn
  let previous = { lastLsn: lsn - 1, endOffset: start.number === 1 ? 0 : 8192, lastCheck: 0n }
  for (let i = 1; i < bounds.length; i++) {
    const isLast = i === bounds.length - 1
    const specs = specsOf(items.slice(bounds[i - 1], bounds[i]), lsn, !isLast || tail.startsWith('end frame'))
    const header = headerOf(start.number + i - 1, lsn, BigInt.asUintN(64, (salt + BigInt(i)) * GOLDEN), previous)
    const segment = segmentOf(
      header,
      specs.frames,
      batch,
      isLast && tail.endsWith('zeros') ? 8 * (items.length + 8) : 0,
    )
    for (const record of specs.records) records.set(record.lsn, record)
    segments.push(segment)
    lsn = specs.nextLsn
    previous = { lastLsn: lsn - 1, endOffset: segment.end, lastCheck: lastCheckOf(segment) }
  }
  return { segments, records, firstLsn: start.firstLsn, lastLsn: lsn - 1 }
}

function specsOf(
  items: readonly Item[],
  firstLsn: number,
  isEnded: boolean,
): { frames: FrameSpec[]; records: SampleRecord[]; nextLsn: number } {
  const frames: FrameSpec[] = []
  const records: SampleRecord[] = []
  const lastTaking = items.findLastIndex(({ lsns }) => lsns > 0)
  let lsn = firstLsn
  for (const [i, item] of items.entries()) {
    const { kind, payload, type, time, key, codec, lsns } = item
    // A batch ends with its segment.
    const continuesBatch = item.continuesBatch && i < lastTaking
    if (kind === KIND_RECORD) {
      frames.push({ kind, lsn, type, time, key, codec, continuesBatch, payload })
      const coding = codec === 1 ? 'msgpack' : 'bytes'
      records.push({ lsn, bytes: payload, type, key, time, codec: coding, continuesBatch })
    } else if (kind === KIND_TOMBSTONE) {
      const range = u64Payload(lsn + lsns - 1)
      frames.push({ kind, lsn, type: TOMBSTONE_ABANDONED, time, continuesBatch, payload: range })
    } else frames.push({ kind, lsn: kind === KIND_SYNC_MARK ? lsn - 1 : 0, payload })
    lsn += lsns
  }
  if (isEnded) frames.push({ kind: KIND_END, lsn: lsn - 1 })
  return { frames, records, nextLsn: lsn }
}

function headerOf(number: number, firstLsn: number, salt: bigint, previous: SegmentHeader['previous']): SegmentHeader {
  const own = {
    number,
    firstLsn,
    salt,
    previous,
    logId: '0123456789abcdef0123456789abcdef',
    created: 5n,
    epoch: number,
  }
  return { ...own, codecSettings: 0, payloadMax: PAYLOAD_MAX, recycledSalt: 0n }
}

let scratch: FrameMemory = createKernelMemory(1 << 20)

function segmentOf(header: SegmentHeader, specs: readonly FrameSpec[], batch: number, zeros: number): ArbitrarySegment {
  const frames: PlacedSpec[] = []
  let end = HEADER_PAGE_BYTES
  for (const spec of specs) {
    const bytes = frameBytes(spec.payload?.length ?? 0)
    frames.push({ ...spec, offset: end, bytes })
    end += bytes
  }
  if (end > scratch.capacity) scratch = scratch.larger(2 * end)
  for (let i = 0; i < frames.length; i += batch) seal(frames.slice(i, i + batch), header)
  const body = scratch.bytes.slice(scratch.dataAt + HEADER_PAGE_BYTES, scratch.dataAt + end)
  const bytes = new Uint8Array(joined(encodeHeaderPage(header, checker), body, new Uint8Array(zeros)))
  return { path: `${LOG_DIR}/${segmentName(header.number)}`, header, frames, end, bytes }
}

/** Writes frames that follow one another, and seals them with one call, as the writer does. */
function seal(frames: readonly PlacedSpec[], { salt, firstLsn }: SegmentHeader): void {
  const { bytes, view, dataAt, kernel } = scratch
  const last = frames.at(-1)!
  const [from, to] = [dataAt + frames[0]!.offset, dataAt + last.offset + last.bytes]
  bytes.fill(0, from, to)
  for (const { offset, bytes: _, payload = NOTHING, ...fields } of frames) {
    writeFrame(view, dataAt + offset, { ...fields, length: payload.length })
    bytes.set(payload, dataAt + offset + FRAME_HEADER_BYTES)
  }
  const taking = frames.find(({ kind }) => kind === KIND_RECORD || kind === KIND_TOMBSTONE)
  if (kernel.seal(from, to, salt, BigInt(taking?.lsn ?? firstLsn)) === 0n)
    throw new Error('no frames that can be sealed')
}

function lastCheckOf({ bytes, frames }: ArbitrarySegment): bigint {
  const last = frames.at(-1)
  return last === undefined ? 0n : new DataView(bytes.buffer).getBigUint64(last.offset, true)
}
