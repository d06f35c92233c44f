import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import {
  type Checker,
  encodeHeaderPage,
  FRAME_HEADER_BYTES,
  HEADER_PAGE_BYTES,
  type PreviousSegment,
  type SegmentHeader,
  segmentName,
} from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { Clock } from './clock.ts'
import type { SpareSegments } from './spare-segments.ts'

/** What every segment of one writer has in common. */
export interface SegmentIdentity {
  readonly dir: string
  readonly logId: string
  readonly epoch: number
  readonly codecSettings: number
  readonly payloadMax: number
  readonly segmentBytes: number
}

export interface SegmentPorts {
  readonly fs: FileSystem
  readonly clock: Clock
  readonly checker: Checker
  readonly spares: SpareSegments
  /** A random u64, never 0. */
  readonly newSalt: () => bigint
}

/** Kept free in every segment for one sync mark and the end frame. */
const RESERVE_BYTES = 2 * FRAME_HEADER_BYTES

/** The segment that the writer appends to. */
export class SegmentFile {
  readonly number: number
  readonly salt: bigint
  /** Offset of the next byte to write. */
  position: number = HEADER_PAGE_BYTES
  private readonly fs: FileSystem
  private readonly file: number
  private readonly segmentBytes: number

  private constructor(fs: FileSystem, file: number, number: number, salt: bigint, segmentBytes: number) {
    this.fs = fs
    this.file = file
    this.number = number
    this.salt = salt
    this.segmentBytes = segmentBytes
  }

  /**
   * Takes the file made ahead for `number`, or makes it, and writes its header. Header and name are durable before this
   * returns (rule R5): bytes behind a header that does not verify are damage then, never the trace of a crash.
   */
  static begin(
    ports: SegmentPorts,
    identity: SegmentIdentity,
    number: number,
    firstLsn: number,
    previous: PreviousSegment,
  ): SegmentFile {
    const { fs, spares, checker, clock } = ports
    const path = join(identity.dir, segmentName(number))
    const isMade = spares.take(number)
    const file = isMade ? fs.open(path, 'write') : createExclusively(fs, path)
    const header: SegmentHeader = {
      logId: identity.logId,
      number,
      firstLsn,
      salt: ports.newSalt(),
      created: clock.wallNs(),
      epoch: identity.epoch,
      previous,
      codecSettings: identity.codecSettings,
      payloadMax: identity.payloadMax,
      recycledSalt: 0n,
    }
    fs.write(file, encodeHeaderPage(header, checker), 0, HEADER_PAGE_BYTES, 0)
    fs.syncAll(file)
    if (!isMade) fs.syncDirectory(identity.dir)
    return new SegmentFile(fs, file, number, header.salt, identity.segmentBytes)
  }

  /** Bytes that records may still take. */
  get room(): number {
    return this.segmentBytes - this.position - RESERVE_BYTES
  }

  /** Writes at the segment's end. */
  append(from: Uint8Array, at: number, length: number): void {
    this.fs.write(this.file, from, at, length, this.position)
    this.position += length
  }

  sync(): void {
    this.fs.syncData(this.file)
  }

  /** Gives back what the segment does not need, for good: the last act of a clean close. */
  trim(): void {
    this.fs.truncate(this.file, this.position)
    this.fs.syncAll(this.file)
  }

  close(): void {
    this.fs.close(this.file)
  }
}

/**
 * Nobody had the file ready: it grows as it is written, so its syncs are slower. The next segment's name is the fence:
 * whoever made it first is the log's writer.
 */
function createExclusively(fs: FileSystem, path: string): number {
  try {
    return fs.open(path, 'create')
  } catch (error) {
    if (!(error instanceof RingwalError) || error.facts['errnoName'] !== 'EEXIST') throw error
    throw new RingwalError('ERR_RINGWAL_FENCED', `${path} is there already: another writer has taken over the log`, {
      file: path,
    })
  }
}
