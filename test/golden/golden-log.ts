import {
  CODEC_SETTING_BIGINT64,
  createChecker,
  encodeHeaderPage,
  type PreviousSegment,
  type SegmentHeader,
  segmentName,
} from '../../src/format/index.ts'
import type { DamageClass } from '../../src/index.ts'
import { frameOf, framesOf, joined, placesOf } from '../format/segment-bytes.ts'
import { EPOCH, type FrameList } from './frame-list.ts'

/** A file of a golden log; its path is relative to the log's directory. */
export interface GoldenFile {
  readonly path: string
  readonly bytes: Uint8Array
}

export type Finding = DamageClass | 'torn-tail'

export interface GoldenLog {
  readonly name: string
  /** One sentence: what it holds. */
  readonly holds: string
  /** What `verify` finds in it. */
  readonly shows: readonly Finding[]
  readonly files: readonly GoldenFile[]
}

/** A segment to be. */
export interface SegmentPlan {
  readonly frames: FrameList
  /** How many of the frames the successor's header says count; by default all. */
  readonly counted?: number
  /** Bytes behind the frames. */
  readonly tail?: Uint8Array
  /** What differs from a header that follows from the plan and the segment before. */
  readonly header?: Partial<SegmentHeader>
}

/** Built, with what its successor's header has to say. */
export interface BuiltSegment extends GoldenFile {
  readonly header: SegmentHeader
  readonly frames: FrameList
  /** Offset of each frame in it. */
  readonly offsets: readonly number[]
  readonly end: PreviousSegment
}

/** The longest payload that golden segments may hold. */
export const PAYLOAD_MAX = 4096

const NO_PREVIOUS: PreviousSegment = { lastLsn: 0, endOffset: 0, lastCheck: 0n }
const checker = await createChecker()

/** Not random, as they must be in a real log: the same name always gives the same bytes. */
export function saltOf(name: string, segment: number): bigint {
  return checker.xxh64(new TextEncoder().encode(`salt ${name} ${segment}`))
}

export function logIdOf(name: string): string {
  const half = (text: string): string => checker.xxh64(new TextEncoder().encode(text)).toString(16).padStart(16, '0')
  return half(`log ${name}`) + half(`id ${name}`)
}

/** The segments of a log, each linked to the one before it. */
export function buildSegments(name: string, plans: readonly SegmentPlan[]): BuiltSegment[] {
  const built: BuiltSegment[] = []
  for (const plan of plans) built.push(buildSegment(name, plan, built.at(-1)))
  return built
}

function buildSegment(name: string, plan: SegmentPlan, before: BuiltSegment | undefined): BuiltSegment {
  const { frames, counted = frames.specs.length, tail = new Uint8Array(0) } = plan
  const number = plan.header?.number ?? (before?.header.number ?? 0) + 1
  const header: SegmentHeader = {
    logId: logIdOf(name),
    number,
    firstLsn: before === undefined ? firstLsnOf(frames) : before.end.lastLsn + 1,
    salt: saltOf(name, number),
    created: EPOCH + BigInt(number) * 60_000_000_000n,
    epoch: before?.header.epoch ?? 1,
    previous: before?.end ?? NO_PREVIOUS,
    codecSettings: before?.header.codecSettings ?? 0,
    payloadMax: PAYLOAD_MAX,
    recycledSalt: 0n,
    ...plan.header,
  }
  const bytes = joined(encodeHeaderPage(header, checker), framesOf(frames.specs, header.salt), tail)
  const offsets = placesOf(frames.specs).map(({ offset }) => offset)
  return { path: segmentName(number), bytes, header, frames, offsets, end: endOf(header, frames, counted) }
}

function endOf(header: SegmentHeader, frames: FrameList, counted: number): PreviousSegment {
  const specs = frames.specs.slice(0, counted)
  const places = placesOf(specs)
  const last = places.at(-1)
  if (last === undefined) return { lastLsn: header.firstLsn - 1, endOffset: 4096, lastCheck: 0n }
  const check = new DataView(frameOf(specs.at(-1)!, header.salt).buffer).getBigUint64(0, true)
  const lastLsn = counted === frames.specs.length ? frames.next - 1 : specs.findLast(({ kind }) => kind === 1)!.lsn
  return { lastLsn, endOffset: last.offset + last.bytes, lastCheck: check }
}

function firstLsnOf(frames: FrameList): number {
  return frames.specs.find(({ kind }) => kind === 1 || kind === 5)?.lsn ?? frames.next
}

/** The header page of such a segment, to stand in another's place. */
export function headerPage(header: SegmentHeader): Uint8Array {
  return encodeHeaderPage(header, checker)
}

/** Both copies of a header page get the check that fits what stands there now. */
export function resealHeader(page: Uint8Array): void {
  const view = new DataView(page.buffer, page.byteOffset)
  for (const at of [0, 2048]) view.setBigUint64(at + 120, checker.xxh64(page.subarray(at, at + 120)), true)
}

export const BIGINT64: Partial<SegmentHeader> = { codecSettings: CODEC_SETTING_BIGINT64 }

/** A log of segments as its writer would leave them. */
export function cleanLog(name: string, holds: string, plans: readonly SegmentPlan[]): GoldenLog {
  return logOf(name, holds, [], buildSegments(name, plans))
}

export function logOf(name: string, holds: string, shows: readonly Finding[], files: readonly GoldenFile[]): GoldenLog {
  return { name, holds, shows, files: files.map(({ path, bytes }) => ({ path, bytes })) }
}
