import { RingwalError } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { crc32 } from './crc32.ts'

/** What is held of a file, unless one record alone is larger. */
export const WINDOW_BYTES: number = 1 << 20

/**
 * A part of a file in memory, which follows the reader. It holds what is asked for and what comes behind it; only a request
 * for more than a window makes it larger, and the next one for less makes it small again.
 */
export class FileWindow {
  /** Bytes of the file when it was opened. What is added later is not read. */
  readonly size: number
  /** File name, for messages. */
  readonly name: string
  readonly #fs: FileSystem
  readonly #file: number
  /** Bytes of an ordinary window: of a small file, all of it. */
  readonly #usual: number
  #bytes!: Uint8Array<ArrayBuffer>
  #view!: DataView<ArrayBuffer>
  #buffer!: Buffer<ArrayBuffer>
  /** File offset of the first byte held, and how many are held. */
  #base = 0
  #held = 0

  constructor(fs: FileSystem, file: number, name: string) {
    this.#fs = fs
    this.#file = file
    this.name = name
    this.size = fs.stat(file).size
    this.#usual = Math.min(this.size, WINDOW_BYTES)
    this.#allocate(this.#usual)
  }

  /** Valid until the next call of a method, as `view` and `buffer` are: to be asked for behind it. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes
  }

  get view(): DataView<ArrayBuffer> {
    return this.#view
  }

  /** The same bytes, for what only a Buffer can do: to make a string without a view of its own. */
  get buffer(): Buffer<ArrayBuffer> {
    return this.#buffer
  }

  /**
   * Brings `length` bytes of the file from `offset` on into memory. They must be there: the caller has held both against
   * `size`, and a length that a file gives against what it will take.
   * @returns the index of the first one in `bytes`
   * @throws ERR_RINGWAL_IO; ERR_RINGWAL_TAMPERED if the file is shorter than it was; ERR_RINGWAL_TOO_LARGE without memory
   */
  locate(offset: number, length: number): number {
    const at = offset - this.#base
    if (at >= 0 && at + length <= this.#held) return at
    if (this.#bytes.length === Math.max(length, this.#usual)) this.#slide(at)
    else this.#allocate(Math.max(length, this.#usual))
    this.#base = offset
    const wanted = Math.min(this.#bytes.length, this.size - offset)
    this.#held += this.#fs.read(this.#file, this.#bytes, this.#held, wanted - this.#held, offset + this.#held)
    if (this.#held < length) throw this.#shrunk()
    return 0
  }

  /** The u32 at `offset`, which must be there. */
  uint32(offset: number): number {
    const at = this.locate(offset, 4)
    return this.#view.getUint32(at, true)
  }

  /** As `locate`, of no more than WINDOW_BYTES: a look at the front of what may be large. */
  look(offset: number, length: number): number {
    return this.locate(offset, Math.min(length, WINDOW_BYTES))
  }

  /**
   * The checksum of `length` bytes from `offset` on, which must be there; any number of them, without holding more than a
   * window of them.
   */
  crc32(offset: number, length: number): number {
    let checksum = 0
    for (let done = 0; done < length; ) {
      const count = Math.min(WINDOW_BYTES, length - done)
      const at = this.locate(offset + done, count)
      checksum = crc32(this.#bytes, at, at + count, checksum)
      done += count
    }
    return checksum
  }

  /** Moves what is held from index `at` on to the front. */
  #slide(at: number): void {
    const kept = at > 0 && at < this.#held ? this.#held - at : 0
    if (kept > 0) this.#bytes.copyWithin(0, at, this.#held)
    this.#held = kept
  }

  #allocate(length: number): void {
    this.#held = 0
    try {
      this.#bytes = new Uint8Array(length)
    } catch (cause) {
      const facts = { file: this.name, bytes: length }
      throw new RingwalError('ERR_RINGWAL_TOO_LARGE', `no memory for a record of ${length} bytes`, facts, cause)
    }
    this.#view = new DataView(this.#bytes.buffer)
    this.#buffer = Buffer.from(this.#bytes.buffer)
  }

  #shrunk(): RingwalError {
    const message = `${this.name} became shorter while it was read`
    return new RingwalError('ERR_RINGWAL_TAMPERED', message, { file: this.name, size: this.size })
  }
}
