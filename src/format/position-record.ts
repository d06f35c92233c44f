import { RingwalError } from '../errors.ts'
import type { Checker } from './check.ts'
import { bytesOfLogId, logIdOfBytes } from './log-id.ts'

/*
 * The file of a consumer's position: 128 bytes, little-endian.
 *
 *    0 magic 89 52 57 50 4F 0D 0A 1A
 *    8 version u16      10 bytes u16     12 flags u32
 *   16 log id, 16 bytes
 *   32 LSN u64: the last that the consumer no longer needs
 *   40 set u64, ns since the Unix epoch
 *   48 name bytes u8
 *   49 name, then zeros
 *  120 check u64: XXH64, seed 0, of bytes 0 … 119
 */
const MAGIC: readonly number[] = [0x89, 0x52, 0x57, 0x50, 0x4f, 0x0d, 0x0a, 0x1a]
const VERSION = 1
const VERSION_AT = 8
const SIZE_AT = 10
const FLAGS_AT = 12
const LOG_ID_AT = 16
const LSN_AT = 32
const SET_AT = 40
const NAME_AT = 48
const CHECK_AT = 120
export const POSITION_BYTES = 128

/** What a consumer has done with. Names are those of the format document. */
export interface PositionRecord {
  /** 32 hexadecimal digits. */
  readonly logId: string
  /** Of the consumer. */
  readonly name: string
  /** The last LSN that it no longer needs; 0 if it needs all. */
  readonly lsn: number
  /** When it was set: nanoseconds since the Unix epoch. */
  readonly set: bigint
}

/** Lower case: two names are two files on every file system. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/
const SUFFIX = '.position'

/** What a name must be like, for people. */
export const POSITION_NAMES = '1 to 64 of a-z, 0-9, - and _, the first a letter or digit'

export function isPositionName(name: unknown): name is string {
  return typeof name === 'string' && NAME.test(name)
}

/** The file of a consumer's position. @param name one that `isPositionName` */
export function positionFileName(name: string): string {
  return name + SUFFIX
}

/** The consumer whose position a file is, by its name; undefined if it is none. */
export function parsePositionFileName(file: string): string | undefined {
  const name = file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : ''
  return isPositionName(name) ? name : undefined
}

export function encodePosition(record: PositionRecord, checker: Checker): Uint8Array {
  const bytes = new Uint8Array(POSITION_BYTES)
  const view = new DataView(bytes.buffer)
  const name = new TextEncoder().encode(record.name)
  bytes.set(MAGIC, 0)
  view.setUint16(VERSION_AT, VERSION, true)
  view.setUint16(SIZE_AT, POSITION_BYTES, true)
  bytes.set(bytesOfLogId(record.logId), LOG_ID_AT)
  view.setBigUint64(LSN_AT, BigInt(record.lsn), true)
  view.setBigUint64(SET_AT, record.set, true)
  view.setUint8(NAME_AT, name.length)
  bytes.set(name, NAME_AT + 1)
  view.setBigUint64(CHECK_AT, checker.xxh64(bytes.subarray(0, CHECK_AT)), true)
  return bytes
}

/**
 * @param bytes all of the file
 * @returns undefined if they are no whole position
 * @throws ERR_RINGWAL_FORMAT for a good one of a version, or with a feature, that this release does not know
 */
export function decodePosition(bytes: Uint8Array, checker: Checker): PositionRecord | undefined {
  if (bytes.length !== POSITION_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getBigUint64(CHECK_AT, true) !== checker.xxh64(bytes.subarray(0, CHECK_AT))) return undefined
  const version = view.getUint16(VERSION_AT, true)
  const flags = view.getUint32(FLAGS_AT, true)
  const name = new TextDecoder().decode(bytes.subarray(NAME_AT + 1, NAME_AT + 1 + view.getUint8(NAME_AT)))
  const lsn = view.getBigUint64(LSN_AT, true)
  const isKnown =
    version === VERSION &&
    view.getUint16(SIZE_AT, true) === POSITION_BYTES &&
    flags === 0 &&
    isPositionName(name) &&
    lsn <= BigInt(Number.MAX_SAFE_INTEGER)
  if (!isKnown) throw unknownFormat(version, flags)
  return {
    logId: logIdOfBytes(bytes.subarray(LOG_ID_AT, LOG_ID_AT + 16)),
    name,
    lsn: Number(lsn),
    set: view.getBigUint64(SET_AT, true),
  }
}

/** The check held: what is no name or no number here was written by no ringwal of this version. */
function unknownFormat(version: number, flags: number): RingwalError {
  const message = `position format ${version} (flags ${flags}) is not one this release reads`
  return new RingwalError('ERR_RINGWAL_FORMAT', message, { version, flags, supported: VERSION })
}
