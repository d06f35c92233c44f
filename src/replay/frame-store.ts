/** Bytes of the first memory of a store. */
const FIRST_BYTES = 1 << 16
/** Up to this length a frame is copied word by word, which is faster than to set up a call for it. */
const WORDWISE_BYTES = 512

/** Frames copied one behind the other into memory of their own, which can be handed to another thread. */
export class FrameStore {
  used = 0
  private words: Uint32Array<ArrayBuffer>
  private bytes: Uint8Array<ArrayBuffer>

  constructor() {
    this.words = new Uint32Array(FIRST_BYTES / 4)
    this.bytes = new Uint8Array(this.words.buffer)
  }

  /**
   * @param bytes memory where a frame stands, at `at`, and `words` the same memory
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
    return this.words.buffer
  }

  private grow(needed: number): void {
    const old = this.bytes
    this.words = new Uint32Array(Math.max(needed, 2 * old.length) / 4)
    this.bytes = new Uint8Array(this.words.buffer)
    this.bytes.set(old.subarray(0, this.used))
  }
}
