import { constants } from 'node:os'
import { resolve } from 'node:path'
import { RingwalError } from '../errors.ts'
import {
  type ByteSource,
  FRAME_PAYLOAD_LIMIT,
  type FrameMemory,
  HEADER_PAGE_BYTES,
  type InferredSalt,
  inferSalt,
  type SegmentHeader,
} from '../format/index.ts'
import { hasLsns } from '../read/frame-walk.ts'
import { withFile } from '../read/log-view.ts'
import { scannerOf } from '../read/segment-walk.ts'
import { tolerantSource } from '../read/tolerant-source.ts'
import { ioError } from '../storage/io-error.ts'
import { listFile, type StoredSegment } from '../storage/segment-directory.ts'
import type { CopySource } from './copy-task.ts'
import type { RepairPorts } from './repair-ports.ts'

/** A file by itself that holds frames of one segment. Its `segment.name` is the path as it was given. */
export interface LooseFile extends CopySource {
  readonly records: number
  /** Highest LSN proven durable by its own frames; all of them if an end frame closes it. */
  readonly provenTo: number
  /** Where all its frames end, and where the last whole batch does. */
  readonly all: LooseEnd
  readonly whole: LooseEnd
}

export interface LooseEnd {
  readonly end: number
  readonly lastLsn: number
}

/**
 * The segment in a file, by its header or, where that is lost, by its frames, wherever in the file they begin.
 * @returns why there is none, where there is none
 * @throws ERR_RINGWAL_IO for what is no regular file
 */
export function openLoose(ports: RepairPorts, path: string): CopySource | string {
  const full = resolve(path)
  const stat = ports.fs.statPath(full)
  if (stat === undefined) throw ioError('open', path, constants.errno.ENOENT)
  if (stat.kind !== 'file')
    throw ioError('open', path, constants.errno.EINVAL, { reason: `not a regular file but a ${stat.kind}` })
  try {
    const [segment] = listFile(ports.fs, full, ports.checker).segments
    if (segment !== undefined && segment.headerFrom !== 'frames') return { segment: { ...segment, name: path } }
    return fromFrames(ports, path, full, stat.size) ?? 'nothing in it verifies as a segment'
  } catch (error) {
    if (error instanceof RingwalError && error.code === 'ERR_RINGWAL_FORMAT') return error.message
    throw error
  }
}

/** Without as much as the room for a header page, or with one that can not be read. */
function fromFrames({ fs, memory }: RepairPorts, name: string, path: string, size: number): CopySource | undefined {
  const found = withFile(fs, path, (file) => firstFrames(tolerantSource(fs, file), size, memory))
  if (found === undefined) return undefined
  const firstLsn = Math.max(1, found.lsn)
  const header: SegmentHeader = {
    ...{ logId: '', number: 1, firstLsn, salt: found.salt, created: 0n, epoch: 0, recycledSalt: 0n },
    ...{ previous: { lastLsn: 0, endOffset: 0, lastCheck: 0n }, codecSettings: 0, payloadMax: FRAME_PAYLOAD_LIMIT },
  }
  const page = { header: undefined, copyA: 'bad', copyB: 'bad', restIsZero: false } as const
  const segment: StoredSegment = {
    ...{ number: 1, name, path, size, header, headerFrom: 'frames', page, headerDamage: [] },
    ...{ isLast: true, end: size, lsnMax: undefined, lastLsn: undefined, lastCheck: undefined },
  }
  return { segment, start: { offset: found.offset, lsn: firstLsn, lastCheck: 0n } }
}

/** The frames may begin anywhere; but where a header page stood, a later sector may stand now. */
function firstFrames(source: ByteSource, size: number, memory: FrameMemory): InferredSalt | undefined {
  const anywhere = inferSalt(source, size, { from: 0 }, memory)
  if (anywhere === undefined || anywhere.offset >= HEADER_PAGE_BYTES) return anywhere
  const behind = inferSalt(source, size, {}, memory)
  return behind !== undefined && behind.lsn < anywhere.lsn && behind.salt === anywhere.salt ? behind : anywhere
}

/** Reads all frames of a file. What verifies counts, proven or not: that is what a salvage is for. */
export function lookOver({ fs, memory }: RepairPorts, source: CopySource): LooseFile {
  const { segment, start } = source
  return withFile(fs, segment.path, (file) => {
    const scanner = scannerOf(tolerantSource(fs, file), segment, memory, start)
    let records = 0
    let whole = { end: scanner.offset, lastLsn: segment.header.firstLsn - 1 }
    let { end } = whole
    let isBatchOpen = false
    let next = segment.header.firstLsn
    for (let step = scanner.next(); step.kind !== 'end'; step = scanner.next()) {
      if (step.kind === 'bad') continue
      records += step.records
      end = step.offset + step.to - step.from
      // Damage may have taken the rest of a batch: marks behind it do not make it whole, unless they tell of lost LSNs.
      if (isBatchOpen && scanner.lowest === next && !hasLsns(scanner.memory.view, step)) continue
      isBatchOpen = scanner.wholeOffset < end
      next = scanner.lowest
      if (scanner.wholeOffset > step.offset)
        whole = { end: scanner.wholeOffset, lastLsn: (scanner.wholeLsn || scanner.lowest) - 1 }
    }
    const lastLsn = segment.lastLsn ?? scanner.lowest - 1
    const provenTo = scanner.sealed ? Number.MAX_SAFE_INTEGER : scanner.mark
    return { ...source, records, provenTo, all: { end, lastLsn }, whole }
  })
}
