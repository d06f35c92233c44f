/** Where an encoder writes: memory that is taken after the last value was read and before the first byte is written. */

/** Bytes behind a record that may be written over: names are written in words, the last of which can reach too far. */
export const SLACK_BYTES = 8

export interface Room {
  /** The memory. It may change with each claim. */
  readonly bytes: Uint8Array
  readonly view: DataView
  /** The same memory once more, for texts that are too long for a loop. */
  readonly buffer: Buffer
  /** Routing key of the last record that was encoded here: signed, as such a number needs no place on the heap. */
  key: number
  /**
   * Takes room for a record of `most` bytes at most, SLACK_BYTES included. Nothing of the caller's runs between this
   * and the end of the encoding.
   * @returns the index in `bytes` of its first byte; -1 if there is no such room
   */
  claim(most: number): number
  /** Gives back what was claimed last, if anything was. */
  cancel(): void
}

const SCRATCH_BYTES = 1 << 16

/** Memory of its own, for one record at a time. */
export class ScratchRoom implements Room {
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  readonly bytes: Uint8Array = new Uint8Array(this.buffer.buffer)
  readonly view: DataView = new DataView(this.buffer.buffer)
  readonly words: Int32Array = new Int32Array(this.buffer.buffer)
  key = 0

  claim(most: number): number {
    return most <= SCRATCH_BYTES ? 0 : -1
  }

  cancel(): void {}
}

/** A place in memory of the caller's. */
export class TargetRoom implements Room {
  readonly bytes: Uint8Array
  readonly view: DataView
  key = 0
  private readonly at: number

  constructor(bytes: Uint8Array, view: DataView, at: number) {
    this.bytes = bytes
    this.view = view
    this.at = at
  }

  get buffer(): Buffer {
    return bufferOver(this.bytes)
  }

  claim(most: number): number {
    return most <= this.bytes.length - this.at ? this.at : -1
  }

  cancel(): void {}
}

const buffers = new WeakMap<Uint8Array, Buffer>()

/** A Buffer over the same bytes: the only public way to Node.js's own text routines. */
export function bufferOver(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes
  const known = buffers.get(bytes)
  if (known !== undefined) return known
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  buffers.set(bytes, buffer)
  return buffer
}
