import { RingwalError } from '../../errors.ts'

/** A line of a file. */
export interface RawLine {
  /** Counted from 1, blank ones too, as an editor counts. */
  readonly number: number
  /** Of its first byte in the file. */
  readonly offset: number
  /** One character per byte, without the line feed; empty if it is too long. */
  readonly text: string
  /** The same as bytes, from `start` to `end`: valid until the next line is asked for. Empty if it is too long. */
  readonly buffer: Uint8Array
  readonly start: number
  readonly end: number
  /** How many, without the line feed. */
  readonly bytes: number
  /** Whether a line feed ends it: only the last line of a file may have none. */
  readonly isEnded: boolean
  /** Whether it has more bytes than are taken into memory. */
  readonly isTooLong: boolean
}

const LINE_FEED = 0x0a

/**
 * Cuts a stream of bytes into lines at its line feeds, and at nothing else: a carriage return, a zero byte or a byte order mark
 * is a byte like any other. Holds at most one line of up to `maxLineBytes`; what is longer is passed over and told of.
 */
export class LineSplitter {
  readonly #maxLineBytes: number
  /** The part of a line that earlier bytes brought, copied: the caller may use its buffer again. */
  #parts: Buffer[] = []
  #partBytes = 0
  #lineStart = 0
  #number = 0

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /**
   * The lines that end in these bytes, which must not change until the last one is taken.
   * @throws ERR_RINGWAL_INPUT if they are no bytes
   */
  *push(chunk: Uint8Array): Generator<RawLine> {
    if (!(chunk instanceof Uint8Array)) {
      throw new RingwalError('ERR_RINGWAL_INPUT', 'a stream of lines is to give Uint8Arrays', { given: typeof chunk })
    }
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let at = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, at)) {
      yield this.#line(bytes, at, end, true)
      at = end + 1
    }
    if (at < bytes.length) this.#keep(bytes, at)
  }

  /** The last line, if no line feed ends it. */
  end(): RawLine | undefined {
    return this.#partBytes === 0 ? undefined : this.#line(EMPTY, 0, 0, false)
  }

  #line(bytes: Buffer, start: number, end: number, isEnded: boolean): RawLine {
    const length = this.#partBytes + end - start
    const isTooLong = length > this.#maxLineBytes
    const number = ++this.#number
    const offset = this.#lineStart
    this.#lineStart += length + 1
    if (isTooLong) {
      this.#forget()
      return { number, offset, text: '', buffer: EMPTY, start: 0, end: 0, bytes: length, isEnded, isTooLong }
    }
    if (this.#partBytes > 0) {
      const buffer = Buffer.concat([...this.#parts, bytes.subarray(start, end)])
      this.#forget()
      const text = buffer.toString('latin1')
      return { number, offset, text, buffer, start: 0, end: length, bytes: length, isEnded, isTooLong }
    }
    // A string of its own for each line: parts of a larger string would keep all of that in memory.
    const text = bytes.toString('latin1', start, end)
    return { number, offset, text, buffer: bytes, start, end, bytes: length, isEnded, isTooLong }
  }

  #forget(): void {
    this.#parts = []
    this.#partBytes = 0
  }

  #keep(bytes: Buffer, at: number): void {
    this.#partBytes += bytes.length - at
    if (this.#partBytes > this.#maxLineBytes) this.#parts = []
    else this.#parts.push(Buffer.from(bytes.subarray(at)))
  }
}

const EMPTY: Buffer = Buffer.alloc(0)
