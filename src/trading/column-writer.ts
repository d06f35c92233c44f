import { putBytes, putInteger } from '../codec/declared/put.ts'
import { putText, textBytesMax } from '../codec/declared/put-text.ts'
import { type Room, SLACK_BYTES } from '../codec/declared/room.ts'

const FIRST_BYTES = 1 << 16
/** The longest header or number, and what a text may write over behind it. */
const MARGIN_BYTES = 16 + SLACK_BYTES

/**
 * Writes lists of texts and numbers as MessagePack, one after the other: the bytes of the general codec, without a list of
 * values between. Texts must be well-formed.
 */
export class ColumnWriter implements Room {
  buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  bytes: Uint8Array = new Uint8Array(this.buffer.buffer)
  view: DataView = new DataView(this.buffer.buffer)
  key = 0
  private at = 0

  begin(): void {
    this.at = 0
  }

  /** The header of a list of so many. */
  list(count: number): void {
    this.claim(0)
    if (count < 16) this.bytes[this.at++] = 0x90 | count
    else if (count <= 0xffff) {
      this.bytes[this.at] = 0xdc
      this.view.setUint16(this.at + 1, count)
      this.at += 3
    } else {
      this.bytes[this.at] = 0xdd
      this.view.setUint32(this.at + 1, count)
      this.at += 5
    }
  }

  text(text: string): void {
    this.claim(textBytesMax(text))
    this.at = putText(this, this.bytes, this.at, text)
  }

  /** @param value a safe integer */
  integer(value: number): void {
    this.claim(0)
    this.at = putInteger(this.bytes, this.view, this.at, value, false)
  }

  binary(bytes: Uint8Array): void {
    this.claim(bytes.length)
    this.at = putBytes(this.bytes, this.view, this.at, bytes, bytes.length)
  }

  /** What was written, as bytes of its own. */
  end(): Uint8Array {
    return this.bytes.slice(0, this.at)
  }

  /** Sees to it that there is room for so many bytes, and a header. */
  claim(most: number): number {
    const need = this.at + most + MARGIN_BYTES
    if (need > this.bytes.length) this.grow(Math.max(need, 2 * this.bytes.length))
    return this.at
  }

  cancel(): void {}

  private grow(bytes: number): void {
    const old = this.bytes
    this.buffer = Buffer.allocUnsafeSlow(bytes)
    this.bytes = new Uint8Array(this.buffer.buffer)
    this.view = new DataView(this.buffer.buffer)
    this.bytes.set(old.subarray(0, this.at))
  }
}
