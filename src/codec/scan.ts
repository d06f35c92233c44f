/**
 * The check before decoding: one pass over the bytes, without building a value.
 *
 * The library would allocate an array for as many elements as five hostile bytes declare, at every level of nesting;
 * it reads past the end of a string that is cut inside a character, rounds integers past 2^53, and nests without end.
 * Here every declared element is held against the bytes that are left, all open containers counted together, so that
 * decoding takes memory in proportion to the input.
 */

import { RingwalError } from '../errors.ts'
import { MAX_DEPTH } from './limits.ts'
import { isUtf8 } from './text.ts'
import { TIMESTAMP_TYPE, timestampFault } from './timestamp.ts'

/** A string that begins with U+FEFF: where its header and its first byte are. */
export interface MarkedText {
  readonly header: number
  readonly start: number
}

/** What the library can not decode as this room wants it. */
export interface Findings {
  readonly hasBytes: boolean
  readonly markedTexts: readonly MarkedText[]
}

/** Refuses bytes that are not exactly one MessagePack value with ERR_RINGWAL_INPUT; facts: `reason`, `offset`. */
export function scan(bytes: Uint8Array, useBigInt64: boolean): Findings {
  const pass = new Scan(bytes, useBigInt64)
  pass.value(1)
  pass.finish()
  return pass
}

/** The library decodes longer strings natively, which drops a leading U+FEFF. */
const LONGEST_KEPT_MARK_BYTES = 200

class Scan implements Findings {
  hasBytes = false
  readonly markedTexts: MarkedText[] = []
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly useBigInt64: boolean
  private at = 0
  /** Values that open containers have declared and that were not met yet; each takes a byte at least. */
  private owed = 0

  constructor(bytes: Uint8Array, useBigInt64: boolean) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.useBigInt64 = useBigInt64
  }

  value(depth: number): void {
    const lead = this.bytes[this.skip(1)]!
    if (lead < 0x80 || lead >= 0xe0) return
    if (lead < 0x90) this.map(lead & 0x0f, depth)
    else if (lead < 0xa0) this.array(lead & 0x0f, depth)
    else if (lead < 0xc0) this.text(lead & 0x1f)
    else this.longValue(lead, depth)
  }

  finish(): void {
    const extra = this.bytes.length - this.at
    if (extra > 0) throw inputError(`${extra} bytes after the end of the value`, this.at)
  }

  private longValue(lead: number, depth: number): void {
    if (lead >= 0xd9 && lead <= 0xdb) this.markableText(1 << (lead - 0xd9))
    else if (lead >= 0xdc && lead <= 0xdd) this.array(this.length(2 << (lead - 0xdc)), depth)
    else if (lead >= 0xde) this.map(this.length(2 << (lead - 0xde)), depth)
    else if (lead >= 0xd4) this.extension(1 << (lead - 0xd4))
    else if (lead >= 0xcc) this.integer(lead)
    else if (lead >= 0xca) this.skip(4 << (lead - 0xca))
    else if (lead >= 0xc7) this.extension(this.length(1 << (lead - 0xc7)))
    else if (lead >= 0xc4) this.binary(this.length(1 << (lead - 0xc4)))
    else if (lead === 0xc1) throw inputError('the lead byte 0xc1, which no value has', this.at - 1)
  }

  private array(count: number, depth: number): void {
    this.open(count, depth)
    for (let index = 0; index < count; index++) {
      this.owed--
      this.value(depth + 1)
    }
  }

  private map(count: number, depth: number): void {
    this.open(2 * count, depth)
    for (let index = 0; index < count; index++) {
      this.owed -= 2
      this.key()
      this.value(depth + 1)
    }
  }

  private open(declared: number, depth: number): void {
    if (depth > MAX_DEPTH) throw inputError(`nested deeper than ${MAX_DEPTH} arrays and maps`, this.at - 1)
    this.owed += declared
    if (this.owed > this.bytes.length - this.at) throw this.truncated()
  }

  private key(): void {
    const header = this.skip(1)
    const lead = this.bytes[header]!
    const isShort = lead >= 0xa0 && lead < 0xc0
    if (!isShort && (lead < 0xd9 || lead > 0xdb)) throw inputError('a map key that is not a string', header)
    const length = isShort ? lead & 0x1f : this.length(1 << (lead - 0xd9))
    const start = this.at
    this.text(length)
    if (length > LONGEST_KEPT_MARK_BYTES && this.hasMark(start)) {
      throw inputError('a long map key that begins with U+FEFF', header)
    }
  }

  private markableText(width: number): void {
    const header = this.at - 1
    const length = this.length(width)
    const start = this.at
    this.text(length)
    if (this.hasMark(start) && length >= 3) this.markedTexts.push({ header, start })
  }

  private hasMark(start: number): boolean {
    return this.bytes[start] === 0xef && this.bytes[start + 1] === 0xbb && this.bytes[start + 2] === 0xbf
  }

  private text(length: number): void {
    const start = this.skip(length)
    if (!isUtf8(this.view, start, this.at)) throw inputError('a string that is not valid UTF-8', start)
  }

  private binary(length: number): void {
    this.skip(length)
    this.hasBytes = true
  }

  private integer(lead: number): void {
    const start = this.skip(1 << ((lead - 0xcc) & 3))
    if (this.useBigInt64 || (lead !== 0xcf && lead !== 0xd3)) return
    const high = lead === 0xcf ? this.view.getUint32(start) : this.view.getInt32(start)
    if (!Number.isSafeInteger(high * 0x1_0000_0000 + this.view.getUint32(start + 4))) {
      throw inputError('an integer past 2^53 (set useBigInt64 to read it as a bigint)', start - 1)
    }
  }

  private extension(length: number): void {
    const type = this.view.getInt8(this.skip(1))
    const start = this.skip(length)
    const fault = type === TIMESTAMP_TYPE ? timestampFault(this.view, start, length) : `the extension type ${type}`
    if (fault !== undefined) throw inputError(fault, start)
  }

  private length(width: number): number {
    const at = this.skip(width)
    if (width === 1) return this.bytes[at]!
    return width === 2 ? this.view.getUint16(at) : this.view.getUint32(at)
  }

  /** Steps over `count` bytes that must be there; returns where they begin. */
  private skip(count: number): number {
    const start = this.at
    if (count > this.bytes.length - start) throw this.truncated()
    this.at = start + count
    return start
  }

  private truncated(): RingwalError {
    return inputError('the value is longer than the input', this.at)
  }
}

export function inputError(reason: string, offset: number, cause?: unknown): RingwalError {
  const message = `not a MessagePack value that can be read, at byte ${offset}: ${reason}`
  return new RingwalError('ERR_RINGWAL_INPUT', message, { reason, offset }, cause)
}
