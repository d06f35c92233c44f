import { HEADER_PAGE_BYTES } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'
import { createSharedMemory } from '../wasm.ts'

/** Where the frames of a repaired segment go. */
export interface SegmentOutput {
  /** File offset of the next byte. */
  readonly position: number
  /** Takes the bytes of `from`, from index `at` to before `to`. */
  write(from: Uint8Array, at: number, to: number): void
  /** Hands over what is still gathered. It is durable only when the file is synced. */
  flush(): void
  close(): void
}

/** Makes a file that is written past the page cache: whole blocks, from an aligned buffer. Undefined where that can not be. */
export type CreateDirect = (path: string) => number | undefined

const BUFFER_BYTES = 1 << 20
const BLOCK_BYTES = 4096

/**
 * A new file. Its header page stays zeros: until that is written, the file is no segment.
 *
 * The page cache is what costs most where a whole log is written that nobody reads soon: half of the time of a repair of
 * 1 GiB. So all goes through one aligned buffer, in blocks, and past the cache where the file system lets it.
 */
export class FileOutput implements SegmentOutput {
  private readonly fs: FileSystem
  private readonly path: string
  private file: number
  private isDirect: boolean
  /** The memory of WebAssembly begins with a page. */
  private readonly buffer: Uint8Array = new Uint8Array(createSharedMemory(BUFFER_BYTES).buffer)
  private gathered = 0
  /** File offset behind what is written, a multiple of the block. */
  private written = HEADER_PAGE_BYTES

  /** @throws ERR_RINGWAL_IO, `EEXIST` if there is such a file */
  constructor(fs: FileSystem, path: string, createDirect: CreateDirect = () => undefined) {
    this.fs = fs
    this.path = path
    const direct = createDirect(path)
    this.isDirect = direct !== undefined
    this.file = direct ?? fs.open(path, 'create')
  }

  get position(): number {
    return this.written + this.gathered
  }

  write(from: Uint8Array, at: number, to: number): void {
    for (let next = at; next < to; ) {
      const count = Math.min(to - next, BUFFER_BYTES - this.gathered)
      this.buffer.set(from.subarray(next, next + count), this.gathered)
      this.gathered += count
      next += count
      if (this.gathered === BUFFER_BYTES) this.writeBuffer(BUFFER_BYTES)
    }
  }

  flush(): void {
    const { position, gathered } = this
    const bytes = this.isDirect ? Math.ceil(gathered / BLOCK_BYTES) * BLOCK_BYTES : gathered
    this.buffer.fill(0, gathered, bytes)
    if (bytes > 0) this.writeBuffer(bytes)
    if (bytes > gathered) this.fs.truncate(this.file, position)
  }

  close(): void {
    this.fs.close(this.file)
  }

  private writeBuffer(bytes: number): void {
    try {
      this.fs.write(this.file, this.buffer, 0, bytes, this.written)
    } catch (error) {
      if (!this.isDirect || !isIoError(error, 'EINVAL')) throw error
      this.goThroughCache()
      this.fs.write(this.file, this.buffer, 0, bytes, this.written)
    }
    this.written += this.gathered
    this.gathered = 0
  }

  /** Some file systems open a file so, and then refuse to write it. */
  private goThroughCache(): void {
    this.fs.close(this.file)
    this.isDirect = false
    this.file = this.fs.open(this.path, 'write')
  }
}

/** Nowhere: for a run that only tells. */
export class NoOutput implements SegmentOutput {
  position: number = HEADER_PAGE_BYTES

  write(_from: Uint8Array, at: number, to: number): void {
    this.position += to - at
  }

  flush(): void {}

  close(): void {}
}
