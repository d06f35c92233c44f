import { join } from 'node:path'
import { optionError, RingwalError } from '../errors.ts'
import {
  type Checker,
  decodePosition,
  encodePosition,
  isPositionName,
  POSITION_BYTES,
  POSITION_NAMES,
  type PositionRecord,
  parsePositionFileName,
  positionFileName,
} from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'

export interface PositionPorts {
  readonly fs: FileSystem
  readonly checker: Checker
}

/** A consumer's position as it stands in a log's directory. */
export interface Position {
  readonly name: string
  /** The last LSN that the consumer no longer needs; null if that can not be told. */
  readonly lsn: number | null
  /** When it was set, in ISO 8601; null if that can not be told. */
  readonly set: string | null
  /** Why its file can not be used: nothing is retired then. Null for one that can. */
  readonly unusable: string | null
}

/**
 * The positions in a log's directory, by name.
 * @param logId a position of another log is none; undefined if it is not known
 */
export function listPositions(ports: PositionPorts, dir: string, logId: string | undefined): Position[] {
  const names = ports.fs.list(dir).flatMap((file) => parsePositionFileName(file) ?? [])
  return names.sort().flatMap((name) => readPosition(ports, dir, name, logId) ?? [])
}

/** @returns undefined if there is none of this name any more */
export function readPosition(
  ports: PositionPorts,
  dir: string,
  name: string,
  logId: string | undefined,
): Position | undefined {
  const unusable = (why: string): Position => ({ name, lsn: null, set: null, unusable: why })
  try {
    const record = decodePosition(readSmall(ports.fs, join(dir, positionFileName(name))), ports.checker)
    if (record === undefined) return unusable('its file does not verify')
    if (record.name !== name) return unusable(`its file is that of ${record.name}`)
    if (logId !== undefined && record.logId !== logId) return unusable(`it belongs to log ${record.logId}`)
    return { name, lsn: record.lsn, set: isoTime(record.set), unusable: null }
  } catch (error) {
    if (isIoError(error, 'ENOENT')) return undefined
    if (error instanceof RingwalError && ['ERR_RINGWAL_IO', 'ERR_RINGWAL_FORMAT'].includes(error.code))
      return unusable(error.message)
    throw error
  }
}

/**
 * Writes a position beside the one that there is, durably, and puts it in its place: whoever reads it meanwhile, or after a
 * crash, finds the one or the other. Of two who write the same one at once the later wins.
 * @param lot sixteen hexadecimal digits, drawn by lot, so that two writers do not meet on the way
 * @param makeDurable makes the names of the directory durable
 * @throws ERR_RINGWAL_IO: then the old one, or the new one, is there
 */
export function writePosition(
  { fs, checker }: PositionPorts,
  dir: string,
  record: PositionRecord,
  lot: string,
  makeDurable: () => void,
): void {
  const bytes = encodePosition(record, checker)
  const unfinished = join(dir, `.${positionFileName(record.name)}.${lot}.unfinished`)
  try {
    const file = fs.open(unfinished, 'create')
    try {
      fs.write(file, bytes, 0, bytes.length, 0)
      fs.syncAll(file)
    } finally {
      fs.close(file)
    }
    fs.rename(unfinished, join(dir, positionFileName(record.name)))
  } catch (error) {
    removeQuietly(fs, unfinished)
    throw error
  }
  makeDurable()
}

/** @returns whether there was one. @throws ERR_RINGWAL_IO */
export function removePosition(fs: FileSystem, dir: string, name: string, makeDurable: () => void): boolean {
  const path = join(dir, positionFileName(name))
  if (fs.statPath(path) === undefined) return false
  fs.remove(path)
  makeDurable()
  return true
}

const UNFINISHED = /^\.[a-z0-9][a-z0-9_-]{0,63}\.position\.[0-9a-f]{16}\.unfinished$/
/** Who writes one is done in much less. */
const UNFINISHED_MS_MAX = 3_600_000

/** Takes away what processes that died left unfinished, a file at a time. @param nowMs wall clock */
export function* removeUnfinishedPositions(fs: FileSystem, dir: string, nowMs: number): Generator<undefined, void> {
  for (const name of fs.list(dir).filter((name) => UNFINISHED.test(name))) {
    const path = join(dir, name)
    const stat = fs.statPath(path)
    if (stat === undefined || nowMs - stat.modifiedMs < UNFINISHED_MS_MAX) continue
    fs.remove(path)
    yield
  }
}

/** @throws ERR_RINGWAL_OPTION */
export function checkPositionName(name: unknown): string {
  if (isPositionName(name)) return name
  throw optionError('name', name, POSITION_NAMES)
}

/** All of a file that is no longer than a position; else more bytes than that, so that it does not verify. */
function readSmall(fs: FileSystem, path: string): Uint8Array {
  const file = fs.open(path, 'read')
  try {
    const bytes = new Uint8Array(POSITION_BYTES + 1)
    return bytes.subarray(0, fs.read(file, bytes, 0, bytes.length, 0))
  } finally {
    fs.close(file)
  }
}

function isoTime(ns: bigint): string | null {
  const time = new Date(Number(ns / 1_000_000n))
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}

function removeQuietly(fs: FileSystem, path: string): void {
  try {
    if (fs.statPath(path) !== undefined) fs.remove(path)
  } catch {
    // The error on its way is the one to tell; the next opening takes the file away.
  }
}
