import { RingwalError } from '../errors.ts'
import type { Checker } from './check.ts'
import {
  CHECKPOINT_BYTES_AT,
  CHECKPOINT_CHECK_AT,
  CHECKPOINT_CREATED_AT,
  CHECKPOINT_DIGEST_AT,
  CHECKPOINT_FLAGS_AT,
  CHECKPOINT_HEADER_BYTES,
  CHECKPOINT_LABEL_AT,
  CHECKPOINT_LABEL_MAX,
  CHECKPOINT_LOG_ID_AT,
  CHECKPOINT_LSN_AT,
  CHECKPOINT_MAGIC,
  CHECKPOINT_SIZE_AT,
  CHECKPOINT_VERSION,
  CHECKPOINT_VERSION_AT,
} from './checkpoint-layout.ts'
import { bytesOfLogId, logIdOfBytes } from './log-id.ts'

/** What a checkpoint's header says. Names are those of the format document. */
export interface CheckpointHeader {
  /** 32 hexadecimal digits. */
  readonly logId: string
  /** Every record up to it is in the snapshot, and none behind it. */
  readonly lsn: number
  /** Nanoseconds since the Unix epoch. */
  readonly created: bigint
  readonly bytes: number
  /** XXH64 of the snapshot. */
  readonly digest: bigint
  /** What kind of snapshot it is, in the words of who made it: up to 55 bytes of UTF-8. */
  readonly label: string
}

const NAME = /^(\d{20})\.rwck$/
const LONE_SURROGATE = /\p{Surrogate}/u
const text = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) }

/** The file name of a checkpoint: its LSN in 20 digits. */
export function checkpointName(lsn: number): string {
  return `${String(lsn).padStart(20, '0')}.rwck`
}

/** The LSN that a file name stands for; undefined if it is no checkpoint's name. */
export function parseCheckpointName(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1]
  const lsn = digits === undefined ? Number.NaN : Number(digits)
  return Number.isSafeInteger(lsn) ? lsn : undefined
}

/** Whether a label has room in a header. */
export function fitsLabel(label: string): boolean {
  return !LONE_SURROGATE.test(label) && text.encoder.encode(label).length <= CHECKPOINT_LABEL_MAX
}

export function encodeCheckpointHeader(header: CheckpointHeader, checker: Checker): Uint8Array {
  const bytes = new Uint8Array(CHECKPOINT_HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  const label = text.encoder.encode(header.label)
  bytes.set(CHECKPOINT_MAGIC, 0)
  view.setUint16(CHECKPOINT_VERSION_AT, CHECKPOINT_VERSION, true)
  view.setUint16(CHECKPOINT_SIZE_AT, CHECKPOINT_HEADER_BYTES, true)
  bytes.set(bytesOfLogId(header.logId), CHECKPOINT_LOG_ID_AT)
  view.setBigUint64(CHECKPOINT_LSN_AT, BigInt(header.lsn), true)
  view.setBigUint64(CHECKPOINT_CREATED_AT, header.created, true)
  view.setBigUint64(CHECKPOINT_BYTES_AT, BigInt(header.bytes), true)
  view.setBigUint64(CHECKPOINT_DIGEST_AT, header.digest, true)
  view.setUint8(CHECKPOINT_LABEL_AT, label.length)
  bytes.set(label, CHECKPOINT_LABEL_AT + 1)
  view.setBigUint64(CHECKPOINT_CHECK_AT, checker.xxh64(bytes.subarray(0, CHECKPOINT_CHECK_AT)), true)
  return bytes
}

/**
 * @param bytes the first 128 bytes of the file
 * @returns undefined if they are no whole header
 * @throws ERR_RINGWAL_FORMAT for a good one of a version, or with a feature, that this release does not know
 */
export function decodeCheckpointHeader(bytes: Uint8Array, checker: Checker): CheckpointHeader | undefined {
  if (bytes.length !== CHECKPOINT_HEADER_BYTES || CHECKPOINT_MAGIC.some((byte, i) => bytes[i] !== byte))
    return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getBigUint64(CHECKPOINT_CHECK_AT, true) !== checker.xxh64(bytes.subarray(0, CHECKPOINT_CHECK_AT)))
    return undefined
  const version = view.getUint16(CHECKPOINT_VERSION_AT, true)
  const flags = view.getUint32(CHECKPOINT_FLAGS_AT, true)
  const labelBytes = view.getUint8(CHECKPOINT_LABEL_AT)
  const isKnown =
    version === CHECKPOINT_VERSION &&
    view.getUint16(CHECKPOINT_SIZE_AT, true) === CHECKPOINT_HEADER_BYTES &&
    flags === 0 &&
    labelBytes <= CHECKPOINT_LABEL_MAX
  if (!isKnown) throw unknownFormat(version, flags)
  return {
    logId: logIdOfBytes(bytes.subarray(CHECKPOINT_LOG_ID_AT, CHECKPOINT_LOG_ID_AT + 16)),
    lsn: numberAt(view, CHECKPOINT_LSN_AT),
    created: view.getBigUint64(CHECKPOINT_CREATED_AT, true),
    bytes: numberAt(view, CHECKPOINT_BYTES_AT),
    digest: view.getBigUint64(CHECKPOINT_DIGEST_AT, true),
    label: labelOf(bytes.subarray(CHECKPOINT_LABEL_AT + 1, CHECKPOINT_LABEL_AT + 1 + labelBytes)),
  }
}

/** The check held: what is no number or no text here was written by no ringwal. */
function numberAt(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw unknownFormat(CHECKPOINT_VERSION, 0)
  return Number(value)
}

function labelOf(bytes: Uint8Array): string {
  try {
    return text.decoder.decode(bytes)
  } catch {
    throw unknownFormat(CHECKPOINT_VERSION, 0)
  }
}

function unknownFormat(version: number, flags: number): RingwalError {
  const message = `checkpoint format ${version} (flags ${flags}) is not one this release reads`
  return new RingwalError('ERR_RINGWAL_FORMAT', message, { version, flags, supported: CHECKPOINT_VERSION })
}
