import { join } from 'node:path'
import { type Checker, decodeHeaderPage, HEADER_PAGE_BYTES, parseSegmentName, segmentName } from '../format/index.ts'
import type { KeptSegment } from '../retention/retention-plan.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'

/**
 * The segments of an open log, for its steward. Each header is read once, as it never changes; but for the last one's, whose file
 * may not have its full size yet.
 */
export class SegmentLedger {
  private readonly fs: FileSystem
  private readonly checker: Checker
  private readonly dir: string
  private readonly segmentBytes: number
  private known = new Map<number, KeptSegment>()

  constructor(fs: FileSystem, checker: Checker, dir: string, segmentBytes: number) {
    this.fs = fs
    this.checker = checker
    this.dir = dir
    this.segmentBytes = segmentBytes
  }

  /**
   * All up to the last that was begun, oldest first. Files made ahead have no header yet.
   * @param taken the number that the writer took last: its segment counts, though it has no header yet, and perhaps no name
   */
  look(taken: number): KeptSegment[] {
    const found = this.numbers().flatMap((number) => this.known.get(number) ?? this.read(number) ?? [])
    const last = found.findLastIndex(({ header, number }) => header !== undefined || number <= taken)
    const segments = found.slice(0, last + 1)
    this.known = new Map(segments.slice(0, -1).flatMap((one) => (one.header === undefined ? [] : [[one.number, one]])))
    if (taken === 0 || taken <= (segments.at(-1)?.number ?? 0)) return segments
    return [...segments, { number: taken, bytes: this.segmentBytes, header: undefined }]
  }

  /** In a row: a listing may miss a file that gets its name meanwhile, and is taken again, or as far as it goes. */
  private numbers(attempts = 3): number[] {
    const names = this.fs.list(this.dir).flatMap((name) => parseSegmentName(name) ?? [])
    const numbers = names.sort((a, b) => a - b)
    const hole = numbers.findIndex((number, i) => i > 0 && number !== numbers[i - 1]! + 1)
    if (hole < 0) return numbers
    return attempts > 1 ? this.numbers(attempts - 1) : numbers.slice(0, hole)
  }

  /** Undefined if there is no such file any more. */
  private read(number: number): KeptSegment | undefined {
    const page = new Uint8Array(HEADER_PAGE_BYTES)
    try {
      const file = this.fs.open(join(this.dir, segmentName(number)), 'read')
      try {
        this.fs.read(file, page, 0, HEADER_PAGE_BYTES, 0)
        const { header } = decodeHeaderPage(page, this.checker)
        const { size: bytes } = this.fs.stat(file)
        const facts = header && { firstLsn: header.firstLsn, createdMs: Number(header.created / 1_000_000n) }
        return { number, bytes, header: facts }
      } finally {
        this.fs.close(file)
      }
    } catch (error) {
      if (isIoError(error, 'ENOENT')) return undefined
      throw error
    }
  }
}
