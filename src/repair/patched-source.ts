import type { ByteSource } from '../format/index.ts'
import type { Flip } from './own-frames.ts'

/** The bytes of a source with some bits turned over. @param flips by rising offset */
export function patchedSource<Source extends ByteSource>(source: Source, flips: readonly Flip[]): Source {
  if (flips.length === 0) return source
  return {
    ...source,
    read(into: Uint8Array, at: number, length: number, position: number): number {
      const got = source.read(into, at, length, position)
      for (let i = firstFrom(flips, position); i < flips.length; i++) {
        const { offset, bit } = flips[i]!
        if (offset >= position + got) break
        into[at + offset - position]! ^= 1 << bit
      }
      return got
    },
  }
}

/** Index of the first flip at `offset` or behind it. */
export function firstFrom(flips: readonly Flip[], offset: number): number {
  let low = 0
  let high = flips.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (flips[middle]!.offset < offset) low = middle + 1
    else high = middle
  }
  return low
}
