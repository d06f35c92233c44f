import type { FileSystem } from '../../src/storage/file-system.ts'

export interface Watched {
  readonly fs: FileSystem
  /** Bytes of the largest memory that something was read into. */
  largest(): number
}

/** A file system that tells how much memory its reader reads into. */
export function watched(inner: FileSystem): Watched {
  let largest = 0
  const read: FileSystem['read'] = (file, into, at, length, position) => {
    largest = Math.max(largest, into.byteLength)
    return inner.read(file, into, at, length, position)
  }
  const fs = new Proxy(inner, {
    get(target, name) {
      if (name === 'read') return read
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return { fs, largest: () => largest }
}
