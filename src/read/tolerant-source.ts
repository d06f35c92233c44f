import type { ByteSource } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'

/** Part of a file. */
export interface ByteRange {
  readonly offset: number
  readonly bytes: number
}

/** The bytes of an open file, and which of them could not be read. */
export interface TolerantSource extends ByteSource {
  readonly unreadable: readonly ByteRange[]
}

/** What a disk fails to read, it fails to read by sectors; a page of the cache is the least that is asked for. */
const PAGE_BYTES = 4096
/** Stands for bytes that can not be read: as a length it is more than any frame has, and it is not zero. */
const FILLER = 0xa5

/** Goes on past read errors (rule R16): a page that can not be read is filled with bytes that are no frame, and noted. */
export function tolerantSource(fs: FileSystem, file: number): TolerantSource {
  const unreadable: ByteRange[] = []

  function readPages(into: Uint8Array, at: number, length: number, position: number): number {
    let done = 0
    while (done < length) {
      const place = position + done
      const count = Math.min(length - done, PAGE_BYTES - (place % PAGE_BYTES))
      const got = readPage(into, at + done, count, place)
      done += got
      if (got < count) break
    }
    return done
  }

  function readPage(into: Uint8Array, at: number, count: number, place: number): number {
    try {
      return fs.read(file, into, at, count, place)
    } catch (error) {
      if (!isIoError(error, 'EIO')) throw error
      into.fill(FILLER, at, at + count)
      note(place, count)
      return count
    }
  }

  function note(offset: number, bytes: number): void {
    const last = unreadable.at(-1)
    if (last !== undefined && offset <= last.offset + last.bytes && offset >= last.offset) {
      unreadable[unreadable.length - 1] = {
        offset: last.offset,
        bytes: Math.max(last.bytes, offset + bytes - last.offset),
      }
    } else if (unreadable.length < RANGES_MAX) {
      unreadable.push({ offset, bytes })
    }
  }

  return {
    unreadable,
    read(into, at, length, position) {
      try {
        return fs.read(file, into, at, length, position)
      } catch (error) {
        if (!isIoError(error, 'EIO')) throw error
        return readPages(into, at, length, position)
      }
    },
  }
}

/** Ranges that are remembered. Of a disk that is worse than this, places are still damage, only of another class. */
const RANGES_MAX = 10_000

/** Whether a part of the file, `bytes` from `offset` on, holds something that could not be read. */
export function isUnreadable(source: ByteSource | TolerantSource, offset: number, bytes: number): boolean {
  if (!('unreadable' in source)) return false
  return source.unreadable.some((range) => range.offset < offset + bytes && offset < range.offset + range.bytes)
}
