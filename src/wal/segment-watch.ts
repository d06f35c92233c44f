import { RingwalError } from '../errors.ts'
import { HEADER_PAGE_BYTES } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'

/** A file known by more than its name. */
export interface PlacedFile {
  readonly path: string
  readonly identity: string
}

/** How long what is written may be acknowledged without a look at the file. */
const LOOK_EVERY_MS = 1000
/** Of what was last written, as much is kept from look to look. */
const WITNESS_BYTES = HEADER_PAGE_BYTES

/**
 * Looks whether the segment that is written is still the file that was begun, in its place and whole (rule R23): when
 * somebody cuts, removes or replaces it, no write and no sync fails, but what they bring is lost. A look costs four calls
 * of the system; it is taken once a second at most, before something is acknowledged, and when the segment ends.
 *
 * The file has its full size from the start, so that a cut shows however much is written behind it since. What was
 * overwritten in place shows where the log ended at the last look.
 */
export class SegmentWatch {
  readonly place: PlacedFile
  private readonly fs: FileSystem
  private readonly file: number
  private readonly size: number
  private readonly witness = new Uint8Array(WITNESS_BYTES)
  private readonly found = new Uint8Array(WITNESS_BYTES)
  private witnessAt = 0
  private lookedAt: number

  /**
   * @param file with its header page written, and at its full size
   * @param now monotonic milliseconds
   */
  constructor(fs: FileSystem, file: number, path: string, now: number) {
    const { identity, size } = fs.stat(file)
    this.fs = fs
    this.file = file
    this.place = { path, identity }
    this.size = size
    this.lookedAt = now
    this.read(this.witness)
  }

  isDue(now: number): boolean {
    return now - this.lookedAt >= LOOK_EVERY_MS
  }

  /**
   * @param end offset behind the last byte written
   * @throws ERR_RINGWAL_TAMPERED
   */
  look(now: number, end: number): void {
    const { path } = this.place
    requireInPlace(this.fs, this.place)
    const { size } = this.fs.stat(this.file)
    if (size < this.size) {
      const facts = { expectedBytes: this.size, foundBytes: size }
      throw tampered(path, `${size} bytes are left of ${this.size}`, 'truncated', facts)
    }
    this.read(this.found)
    if (Buffer.compare(this.found, this.witness) !== 0) {
      const offset = this.witnessAt + this.found.findIndex((byte, i) => byte !== this.witness[i])
      throw tampered(path, `what was written at offset ${offset} is not there any more`, 'overwritten', { offset })
    }
    this.witnessAt = end - WITNESS_BYTES
    this.read(this.witness)
    this.lookedAt = now
  }

  private read(into: Uint8Array): void {
    this.fs.read(this.file, into.fill(0), 0, WITNESS_BYTES, this.witnessAt)
  }
}

/** @throws ERR_RINGWAL_TAMPERED if another file, or none, has the name */
export function requireInPlace(fs: FileSystem, { path, identity }: PlacedFile): void {
  const found = fs.statPath(path)?.identity
  if (found === identity) return
  const facts = { expectedIdentity: identity, foundIdentity: found ?? null }
  if (found === undefined)
    throw tampered(path, 'it was removed or moved, by itself or with its directory', 'missing', facts)
  throw tampered(path, 'another file stands in its place', 'replaced', facts)
}

function tampered(
  file: string,
  what: string,
  found: 'missing' | 'replaced' | 'truncated' | 'overwritten',
  facts: Readonly<Record<string, unknown>>,
): RingwalError {
  return new RingwalError('ERR_RINGWAL_TAMPERED', `${file} was changed by somebody else: ${what}`, {
    file,
    found,
    ...facts,
  })
}
