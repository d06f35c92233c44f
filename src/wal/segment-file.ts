import { join } from 'node:path'
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
import { beginFile } from './begin-file.ts'
import type { Clock } from './clock.ts'
import type { LogControl } from './control.ts'
import { type PlacedFile, SegmentWatch } from './segment-watch.ts'
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
  readonly control: LogControl
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
  private readonly watch: SegmentWatch

  private constructor(
    fs: FileSystem,
    file: number,
    header: Pick<SegmentHeader, 'number' | 'salt'>,
    segmentBytes: number,
    watch: SegmentWatch,
  ) {
    this.fs = fs
    this.file = file
    this.number = header.number
    this.salt = header.salt
    this.segmentBytes = segmentBytes
    this.watch = watch
  }

  /**
   * Takes the file that is ready for `number`, or makes one, and writes its header. Header and name are durable before this
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
    const { dir, segmentBytes, logId, epoch, codecSettings, payloadMax } = identity
    const of = { logId, number, firstLsn, salt: ports.newSalt(), created: clock.wallNs(), epoch, previous }
    const header = { ...of, codecSettings, payloadMax }
    const page = (recycledSalt: bigint): Uint8Array => encodeHeaderPage({ ...header, recycledSalt }, checker)
    const file = beginFile(ports, { dir, segmentBytes, number, page }, spares.take(number))
    const watch = new SegmentWatch(fs, file, join(dir, segmentName(number)), clock.monotonicMs())
    return new SegmentFile(fs, file, header, segmentBytes, watch)
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

  /** The file as it was begun. */
  get place(): PlacedFile {
    return this.watch.place
  }

  /** Whether a look is due. @param now monotonic milliseconds, as in `look` */
  isLookDue(now: number): boolean {
    return this.watch.isDue(now)
  }

  /** @throws ERR_RINGWAL_TAMPERED if somebody else has cut, removed or replaced the file (rule R23) */
  look(now: number): void {
    this.watch.look(now, this.position)
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
