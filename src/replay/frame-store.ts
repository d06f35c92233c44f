/** Bytes of the first memory of a store of which nothing is known. */
const FIRST_BYTES = 1 << 16
/** Up to this length frames are copied word by word, which is faster than to set up a call for it. */
const WORDWISE_BYTES = 512

/** Frames copied one behind the other into memory of their own, which can be handed to another thread. */
export class FrameStore {
  used = 0
  private bytes: Uint8Array<ArrayBuffer>
  private words: Uint32Array<ArrayBuffer>

  /** @param expected bytes that it will probably hold: memory for them is taken at once */
  constructor(expected: number = FIRST_BYTES) {
    this.bytes = memoryOf(expected + (expected >> 4))
    this.words = new Uint32Array(this.bytes.buffer)
  }

  /**
   * @param bytes memory where frames stand, from `at` on, and `words` the same memory
   * @param length a multiple of 8, as `at` is
   */
  add(bytes: Uint8Array, words: Uint32Array, at: number, length: number): void {
    const to = this.used
    if (to + length > this.bytes.length) this.grow(to + length)
    if (length > WORDWISE_BYTES) {
      this.bytes.set(bytes.subarray(at, at + length), to)
    } else {
      const own = this.words
      for (let from = at >>> 2, into = to >>> 2, end = (at + length) >>> 2; from < end; from++, into++)
        own[into] = words[from]!
    }
    this.used = to + length
  }

  get buffer(): ArrayBuffer {
    return this.bytes.buffer
  }

  private grow(needed: number): void {
    const old = this.bytes
    this.bytes = memoryOf(Math.max(needed, 2 * old.length))
    this.words = new Uint32Array(this.bytes.buffer)
    this.bytes.set(old.subarray(0, this.used))
  }
}

/** Not filled with zeros first: all of it that is ever looked at is written before. */
function memoryOf(bytes: number): Uint8Array<ArrayBuffer> {
  const { buffer } = Buffer.allocUnsafeSlow(Math.ceil(bytes / 8) * 8)
  return new Uint8Array(buffer as ArrayBuffer)
}
