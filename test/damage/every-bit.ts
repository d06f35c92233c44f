/** Flips every bit of a log's files, one at a time, and holds what is found against what stands there. */
import {
  createKernelMemory,
  HEADER_BYTES,
  HEADER_COPY_B_AT,
  HEADER_PAGE_BYTES,
  KIND_END,
  KIND_RECORD,
  KIND_TOMBSTONE,
} from '../../src/format/index.ts'
import type { Damage } from '../../src/read/damage.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { examine, type Findings, verifyAgain, verifyHeaders } from './examine.ts'
import { MemoryFiles } from './memory-files.ts'
import { isSame, Violation } from './oracle.ts'
import type { SampleFrame, SampleLog, SampleSegment } from './sample-log.ts'

const MEMORY_BYTES = 1 << 16

export interface FlipTotals {
  bits: number
  /** By where the bit is. */
  header: number
  record: number
  otherFrame: number
  /** Behind the end of a segment that has an end frame: no part of the log (format-spec, sections 4 and 8). */
  dead: number
  /** Flips that verify told of. */
  found: number
  /** Those of which it named the bit. */
  named: number
  /** Records lost, over all flips, and the most that one flip cost. */
  lost: number
  lostMax: number
}

interface FlipPlan {
  readonly log: SampleLog
  /** Which of its segments. */
  readonly segment: number
}

interface Flip {
  readonly offset: number
  readonly bit: number
}

/** @throws Violation at the first flip of which something else is told than what it did */
export function flipEveryBit(log: SampleLog, segment: number): FlipTotals {
  const fs = new MemoryFiles()
  const ports = { fs, checker, memory: createKernelMemory(MEMORY_BYTES) }
  for (const { path, bytes } of log.segments) fs.put(path, bytes)
  const { name, path } = log.segments[segment]!
  const content = fs.content(path)
  const known = examine(ports, LOG_DIR)
  const totals = { bits: 0, header: 0, record: 0, otherFrame: 0, dead: 0, found: 0, named: 0, lost: 0, lostMax: 0 }
  for (let i = 0; i < 8 * content.length; i++) {
    const flip = { offset: i >> 3, bit: i & 7 }
    content[flip.offset]! ^= 1 << flip.bit
    try {
      const isHeader = flip.offset < HEADER_PAGE_BYTES
      if (isRead(flip)) count(totals, { log, segment }, flip, examine(ports, LOG_DIR))
      else if (isHeader) count(totals, { log, segment }, flip, { report: verifyHeaders(ports, LOG_DIR, known) })
      else count(totals, { log, segment }, flip, { report: verifyAgain(ports, known, segment) })
    } catch (error) {
      const why = error instanceof Violation ? error.message : error
      throw new Violation(`${name} byte ${flip.offset} bit ${flip.bit}: ${why}`, { cause: error })
    }
    content[flip.offset]! ^= 1 << flip.bit
  }
  return totals
}

/** What stands in a segment's bits. */
export function expectedTotals(log: SampleLog, segment: number): FlipTotals {
  const { bytes, end, frames } = log.segments[segment]!
  const bits = 8 * bytes.length
  const dead = 8 * (bytes.length - end)
  const header = 8 * HEADER_PAGE_BYTES
  const record = frames.reduce((sum, frame) => sum + (frame.kind === KIND_RECORD ? 8 * frame.bytes : 0), 0)
  const found = bits - dead
  // The end frame of the last segment is told of as a torn tail.
  const named = found - (segment === log.segments.length - 1 ? 8 * frames.at(-1)!.bytes : 0)
  return { bits, header, record, otherFrame: found - header - record, dead, found, named, lost: record, lostMax: 1 }
}

/**
 * Whether all of the log is looked at again, and read back byte for byte: for one bit of each byte, and for all of a header.
 * For the others verify looks at what changed, and at all of it does `npm run campaign:damage -- --every-bit closed`.
 */
function isRead({ offset, bit }: Flip): boolean {
  return (offset < HEADER_PAGE_BYTES && offset % HEADER_COPY_B_AT < HEADER_BYTES) || bit === (offset * 5 + 3) % 8
}

/** What is known of the log with the flip in place. */
type Look = Pick<Findings, 'report'> & Partial<Pick<Findings, 'entries'>>

function count(totals: FlipTotals, plan: FlipPlan, flip: Flip, look: Look): void {
  const segment = plan.log.segments[plan.segment]!
  const frame = segment.frames.find(({ offset, bytes }) => flip.offset >= offset && flip.offset < offset + bytes)
  const lost = frame?.kind === KIND_RECORD ? frame.lsn : undefined
  checkRecords(plan.log, lost, look)
  totals.bits++
  if (frame !== undefined) totals[lost === undefined ? 'otherFrame' : 'record']++
  else if (flip.offset < HEADER_PAGE_BYTES) totals.header++
  else totals.dead++
  const damage = checkReport(plan.log, segment, flip, frame, look)
  if (frame !== undefined || flip.offset < HEADER_PAGE_BYTES) totals.found++
  if (damage?.singleBit != null) totals.named++
  totals.lost += lost === undefined ? 0 : 1
  totals.lostMax = Math.max(totals.lostMax, lost === undefined ? 0 : 1)
}

/** Every record but the one that was hit is counted, and read byte for byte. */
function checkRecords(log: SampleLog, lost: number | undefined, { report, entries }: Look): void {
  const total = log.records.size - (lost === undefined ? 0 : 1)
  if (report.records !== total) throw new Violation(`verify counts ${report.records} records, not ${total}`)
  if (entries === undefined) return
  let i = 0
  for (const record of log.records.values()) {
    if (record.lsn === lost) continue
    const entry = entries[i++]
    if (entry?.lsn !== record.lsn || !isSame(entry, record))
      throw new Violation(`LSN ${record.lsn} is not read as it was appended`)
  }
  if (entries.length > i) throw new Violation(`${entries.length - i} records more are read than were appended`)
}

/** Verify tells of the flip, of what it cost, and of nothing else. @returns what it tells */
function checkReport(
  log: SampleLog,
  segment: SampleSegment,
  flip: Flip,
  frame: SampleFrame | undefined,
  { report }: Look,
): Damage | undefined {
  const { damage, tornTail } = report
  const isDead = frame === undefined && flip.offset >= HEADER_PAGE_BYTES
  // Nothing behind the end frame of a log's last segment tells that it was there.
  const isEndOfLog = frame?.kind === KIND_END && segment === log.segments.at(-1)
  if (isEndOfLog !== (tornTail !== null)) throw new Violation(`a torn tail is told of wrongly: ${text(tornTail)}`)
  if (isEndOfLog && (tornTail?.offset !== frame.offset || tornTail.records !== 0)) throw new Violation(text(tornTail))
  if (damage.length !== (isDead || isEndOfLog ? 0 : 1)) throw new Violation(`it is told as ${text(damage)}`)
  const [one] = damage
  if (one === undefined) return undefined
  checkPlace(segment, flip, frame, one)
  const takesLsns = frame?.kind === KIND_RECORD || frame?.kind === KIND_TOMBSTONE
  const [from, to] = takesLsns ? [frame.lsn, frame.lastLsn] : [0, 0]
  if (one.lostFrom !== from || one.lostTo !== to || !one.acknowledged) throw new Violation(text(one))
  return one
}

function checkPlace(segment: SampleSegment, flip: Flip, frame: SampleFrame | undefined, one: Damage): void {
  const isInside = one.offset <= flip.offset && flip.offset < one.offset + one.bytes
  const isThere = frame === undefined ? one.class === 'segment-header' : one.offset === frame.offset
  if (one.segment !== segment.name || !isInside || !isThere) throw new Violation(`it is told at ${text(one)}`)
  const { singleBit } = one
  const isRight = singleBit === null || (singleBit.offset === flip.offset && singleBit.bit === flip.bit)
  if (!isRight) throw new Violation(`another bit is named: ${text(one)}`)
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item)) ?? 'none'
}
