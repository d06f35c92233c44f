import { type Codec, createCodec } from '../codec/index.ts'
import { RingwalError } from '../errors.ts'
import {
  CODEC_SETTING_BIGINT64,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  frameBytes,
  HEADER_PAGE_BYTES,
  KIND_RECORD,
  readFrame,
  readLsn,
  type SegmentScanner,
} from '../format/index.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { type Damage, describeDamage } from './damage.ts'
import { Entry } from './entry.ts'
import { FrameCopies } from './frame-copies.ts'
import type { ReadPorts } from './log-view.ts'
import type { ReadPlan } from './read-options.ts'
import { FrameFilter } from './record-filter.ts'
import { openSegment, refuseRetired } from './retired.ts'
import { fileSource, scannerOf, walkSegment } from './segment-walk.ts'
import { tolerantSource } from './tolerant-source.ts'

/** Bytes below which a linear walk is cheaper than another probe of the binary search. */
const PROBE_BYTES_MIN = 1 << 18

/**
 * The entries of one segment that a plan asks for, in LSN order.
 * @param end offset behind the last byte that counts; less than the file where a torn tail is cut
 * @param known offset of a frame from which on everything wanted is known to stand; by default it is searched for
 * @returns the lowest LSN that can come behind what was read
 * @throws ERR_RINGWAL_RETIRED; ERR_RINGWAL_DAMAGED as the plan wishes
 */
export function* readSegment(
  ports: ReadPorts,
  segment: StoredSegment,
  plan: ReadPlan,
  end: number,
  known?: number,
): Generator<Entry, number> {
  const file = openSegment(ports.fs, segment)
  try {
    const bounded = { ...segment, end }
    const start = known === undefined || known === HEADER_PAGE_BYTES ? seekStart(ports, file, bounded, plan) : known
    // Who wants to stop at damage is told of a read error as what it is.
    const source = plan.onDamage === 'stop' ? fileSource(ports.fs, file) : tolerantSource(ports.fs, file)
    // Over all of it, as the survey that found the end: how far a search goes depends on the bytes that are there.
    const scanner = scannerOf(source, segment, ports.memory, start)
    const filter = new FrameFilter(plan)
    const copies = new FrameCopies(segment.name, codecOf(segment))
    for (const step of walkSegment(scanner, segment, source)) {
      if (step.kind === 'damage') {
        if (step.damage.offset >= end) return scanner.lowest
        if (step.firstLost > plan.to) return scanner.lowest
        refuseRetired(ports.fs, segment)
        if (!isBefore(step.damage, plan)) reportDamage(plan, step.damage)
        continue
      }
      const { memory } = scanner
      const { view } = memory
      for (let at = step.from; at < step.to; ) {
        const length = view.getUint32(at + FRAME_LENGTH_AT, true)
        if (step.offset + at - step.from >= end) return scanner.lowest
        if (view.getUint8(at + FRAME_KIND_AT) === KIND_RECORD) {
          const lsn = readLsn(view, at)
          if (lsn > plan.to) return scanner.lowest
          if (filter.accepts(view, at, lsn)) {
            const frames = copies.around(step, memory, at, frameBytes(length))
            yield new Entry(frames, step.offset + at - step.from - frames.offset, lsn)
          }
        }
        at += frameBytes(length)
      }
    }
    return scanner.lowest
  } finally {
    ports.fs.close(file)
  }
}

/** Whether all that a place cost comes before what the plan asks for. */
function isBefore({ lostTo }: Damage, plan: ReadPlan): boolean {
  return lostTo !== 0 && lostTo < plan.from
}

/** Tells of damage as the plan wishes. @throws ERR_RINGWAL_DAMAGED under `stop` */
export function reportDamage(plan: ReadPlan, damage: Damage): void {
  if (plan.onDamage === 'skip') return
  if (typeof plan.onDamage === 'function') {
    plan.onDamage(damage)
    return
  }
  throw new RingwalError('ERR_RINGWAL_DAMAGED', `${describeDamage(damage)}; run: ringwal verify`, {
    file: damage.segment,
    offset: damage.offset,
    lostFrom: damage.lostFrom,
    lostTo: damage.lostTo,
    class: damage.class,
  })
}

/**
 * An offset from which a walk meets every record that the plan wants, found by probing the middle for a frame that verifies;
 * undefined to walk from the first frame on.
 */
function seekStart(ports: ReadPorts, file: number, segment: StoredSegment, plan: ReadPlan): number | undefined {
  if (plan.from <= segment.header.firstLsn && plan.since === 0n) return undefined
  let low = HEADER_PAGE_BYTES
  let high = segment.end
  while (high - low > PROBE_BYTES_MIN) {
    const middle = low + Math.floor((high - low) / 16) * 8
    const found = firstRecordFrom(scannerOf(tolerantSource(ports.fs, file), segment, ports.memory, middle), high)
    if (found === undefined) high = middle
    else if (found.lsn < plan.from || found.time < plan.since) low = found.offset
    else high = middle
  }
  return low === HEADER_PAGE_BYTES ? undefined : low
}

interface Probe {
  readonly offset: number
  readonly lsn: number
  readonly time: bigint
}

/** The first record that a scanner meets before `limit`. */
function firstRecordFrom(scanner: SegmentScanner, limit: number): Probe | undefined {
  for (;;) {
    const step = scanner.next()
    if (step.kind === 'end') return undefined
    if (step.kind === 'bad') continue
    const { view } = scanner.memory
    for (let at = step.from; at < step.to; ) {
      const offset = step.offset + at - step.from
      if (offset >= limit) return undefined
      const frame = readFrame(view, at)
      if (frame.kind === KIND_RECORD) return { offset, lsn: frame.lsn, time: frame.time }
      at += frameBytes(frame.length)
    }
  }
}

/** The codec that a segment's records were written with. */
function codecOf(segment: StoredSegment): Codec {
  return createCodec({ useBigInt64: (segment.header.codecSettings & CODEC_SETTING_BIGINT64) !== 0 })
}
