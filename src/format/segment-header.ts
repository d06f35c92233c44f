import { RingwalError } from '../errors.ts'
import type { Checker } from './check.ts'
import { FRAME_PAYLOAD_LIMIT } from './frame-layout.ts'
import {
  CODEC_SETTING_BIGINT64,
  FORMAT_VERSION,
  HEADER_BYTES,
  HEADER_CHECK_AT,
  HEADER_CODEC_AT,
  HEADER_COPY_B_AT,
  HEADER_CREATED_AT,
  HEADER_EPOCH_AT,
  HEADER_FIRST_LSN_AT,
  HEADER_FLAGS_AT,
  HEADER_LOG_ID_AT,
  HEADER_NUMBER_AT,
  HEADER_PAGE_BYTES,
  HEADER_PAYLOAD_MAX_AT,
  HEADER_PREVIOUS_CHECK_AT,
  HEADER_PREVIOUS_END_AT,
  HEADER_PREVIOUS_LSN_AT,
  HEADER_RECYCLED_SALT_AT,
  HEADER_SALT_AT,
  HEADER_SIZE_AT,
  HEADER_VERSION_AT,
  HEADER_ZERO_AT,
  MAGIC,
} from './header-layout.ts'
import { bytesOfLogId, logIdOfBytes } from './log-id.ts'

/** Where the segment before this one ended; all zero in a log's first segment. */
export interface PreviousSegment {
  readonly lastLsn: number
  /** Bytes of it that count, header page included; what stands behind is no part of the log. */
  readonly endOffset: number
  readonly lastCheck: bigint
}

/** What a segment's header says. Names are those of the format document. */
export interface SegmentHeader {
  /** 32 hexadecimal digits. */
  readonly logId: string
  readonly number: number
  readonly firstLsn: number
  readonly salt: bigint
  /** Nanoseconds since the Unix epoch. */
  readonly created: bigint
  /** Rises with every opening of the log for writing. */
  readonly epoch: number
  readonly previous: PreviousSegment
  /** CODEC_SETTING_ bits. */
  readonly codecSettings: number
  /** The longest payload in bytes that this segment may hold. */
  readonly payloadMax: number
  /** The salt of the file's former life as a segment, whose frames may still stand behind the end; 0n if there was none. */
  readonly recycledSalt: bigint
}

/** State of one copy of the header. Two copies that verify but are not the same prove nothing: then both are bad. */
export type HeaderCopyState = 'good' | 'zeros' | 'bad'

export interface HeaderPage {
  /** The header, from the first copy that is good. */
  readonly header: SegmentHeader | undefined
  readonly copyA: HeaderCopyState
  readonly copyB: HeaderCopyState
  /** Whether every byte of the page that belongs to no copy is zero, as it must be. */
  readonly restIsZero: boolean
}

/**
 * The header page, 4096 bytes, ready to be written.
 * @throws ERR_RINGWAL_INTERNAL if the log id is not 32 hexadecimal digits.
 */
export function encodeHeaderPage(header: SegmentHeader, checker: Checker): Uint8Array {
  const page = new Uint8Array(HEADER_PAGE_BYTES)
  const view = new DataView(page.buffer)
  page.set(MAGIC, 0)
  view.setUint16(HEADER_VERSION_AT, FORMAT_VERSION, true)
  view.setUint16(HEADER_SIZE_AT, HEADER_BYTES, true)
  page.set(bytesOfLogId(header.logId), HEADER_LOG_ID_AT)
  view.setBigUint64(HEADER_NUMBER_AT, BigInt(header.number), true)
  view.setBigUint64(HEADER_FIRST_LSN_AT, BigInt(header.firstLsn), true)
  view.setBigUint64(HEADER_SALT_AT, header.salt, true)
  view.setBigUint64(HEADER_CREATED_AT, header.created, true)
  view.setBigUint64(HEADER_EPOCH_AT, BigInt(header.epoch), true)
  view.setBigUint64(HEADER_PREVIOUS_LSN_AT, BigInt(header.previous.lastLsn), true)
  view.setBigUint64(HEADER_PREVIOUS_END_AT, BigInt(header.previous.endOffset), true)
  view.setBigUint64(HEADER_PREVIOUS_CHECK_AT, header.previous.lastCheck, true)
  view.setUint32(HEADER_CODEC_AT, header.codecSettings, true)
  view.setUint32(HEADER_PAYLOAD_MAX_AT, header.payloadMax, true)
  view.setBigUint64(HEADER_RECYCLED_SALT_AT, header.recycledSalt, true)
  view.setBigUint64(HEADER_CHECK_AT, checker.xxh64(page.subarray(0, HEADER_CHECK_AT)), true)
  page.copyWithin(HEADER_COPY_B_AT, 0, HEADER_BYTES)
  return page
}

/**
 * Reads a header page; damage is told in the result, not thrown.
 * @param page the first 4096 bytes of the file; a shorter file counts as zeros behind its end.
 * @throws ERR_RINGWAL_FORMAT if a good copy is of another version or uses flags that this one does not know.
 */
export function decodeHeaderPage(page: Uint8Array, checker: Checker): HeaderPage {
  const whole = page.length === HEADER_PAGE_BYTES ? page : padded(page)
  const copyA = whole.subarray(0, HEADER_BYTES)
  const copyB = whole.subarray(HEADER_COPY_B_AT, HEADER_COPY_B_AT + HEADER_BYTES)
  const stateA = copyState(copyA, checker)
  const stateB = copyState(copyB, checker)
  const disagree = stateA === 'good' && stateB === 'good' && copyA.some((byte, i) => byte !== copyB[i])
  const good = stateA === 'good' ? copyA : stateB === 'good' ? copyB : undefined
  return {
    header: good === undefined || disagree ? undefined : decodeCopy(good),
    copyA: disagree ? 'bad' : stateA,
    copyB: disagree ? 'bad' : stateB,
    restIsZero:
      isZero(whole.subarray(HEADER_BYTES, HEADER_COPY_B_AT)) && isZero(whole.subarray(HEADER_COPY_B_AT + HEADER_BYTES)),
  }
}

export function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false
  return true
}

function copyState(copy: Uint8Array, checker: Checker): HeaderCopyState {
  if (isZero(copy)) return 'zeros'
  if (MAGIC.some((byte, i) => copy[i] !== byte)) return 'bad'
  const check = new DataView(copy.buffer, copy.byteOffset).getBigUint64(HEADER_CHECK_AT, true)
  return check === checker.xxh64(copy.subarray(0, HEADER_CHECK_AT)) ? 'good' : 'bad'
}

function decodeCopy(copy: Uint8Array): SegmentHeader {
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength)
  refuseUnknown(view)
  return {
    logId: logIdOfBytes(copy.subarray(HEADER_LOG_ID_AT, HEADER_LOG_ID_AT + 16)),
    number: numberAt(view, HEADER_NUMBER_AT, 1),
    firstLsn: numberAt(view, HEADER_FIRST_LSN_AT, 1),
    salt: view.getBigUint64(HEADER_SALT_AT, true),
    created: view.getBigUint64(HEADER_CREATED_AT, true),
    epoch: numberAt(view, HEADER_EPOCH_AT),
    previous: {
      lastLsn: numberAt(view, HEADER_PREVIOUS_LSN_AT),
      endOffset: numberAt(view, HEADER_PREVIOUS_END_AT),
      lastCheck: view.getBigUint64(HEADER_PREVIOUS_CHECK_AT, true),
    },
    codecSettings: view.getUint32(HEADER_CODEC_AT, true),
    payloadMax: view.getUint32(HEADER_PAYLOAD_MAX_AT, true),
    recycledSalt: view.getBigUint64(HEADER_RECYCLED_SALT_AT, true),
  }
}

/** Refuses what this version does not know. Every later version keeps 128 bytes a copy, and the check at their end. */
function refuseUnknown(view: DataView): void {
  const version = view.getUint16(HEADER_VERSION_AT, true)
  const flags = view.getUint32(HEADER_FLAGS_AT, true)
  const codecSettings = view.getUint32(HEADER_CODEC_AT, true)
  const isKnown =
    version === FORMAT_VERSION &&
    view.getUint16(HEADER_SIZE_AT, true) === HEADER_BYTES &&
    flags === 0 &&
    (codecSettings & ~CODEC_SETTING_BIGINT64) === 0 &&
    view.getUint32(HEADER_PAYLOAD_MAX_AT, true) <= FRAME_PAYLOAD_LIMIT &&
    view.getBigUint64(HEADER_ZERO_AT, true) === 0n
  if (isKnown) return
  const facts = { version, flags, codecSettings, supported: FORMAT_VERSION }
  const message = `segment format ${version} (flags ${flags}, codec settings ${codecSettings}) is not one this release reads`
  throw new RingwalError('ERR_RINGWAL_FORMAT', message, facts)
}

/** A u64 that must be a safe integer, `min` or more: the check held, so anything else was written by no ringwal. */
function numberAt(view: DataView, at: number, min = 0): number {
  const value = view.getBigUint64(at, true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(min)) {
    const message = `the segment header holds ${value} at ${at} where ${min} to 2^53 - 1 can stand`
    throw new RingwalError('ERR_RINGWAL_FORMAT', message, { at })
  }
  return Number(value)
}

function padded(page: Uint8Array): Uint8Array {
  const whole = new Uint8Array(HEADER_PAGE_BYTES)
  whole.set(page.subarray(0, HEADER_PAGE_BYTES))
  return whole
}
