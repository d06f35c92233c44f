import hashes from 'hash-wasm/dist/xxhash64.umd.min.js'

/** XXH64 with seed 0 of bytes that are not in the kernel's memory: headers, and whole frames where there is no kernel. */
export interface Checker {
  xxh64(bytes: Uint8Array): bigint
}

export type Hasher = Awaited<ReturnType<typeof hashes.createXXHash64>>

let hasher: Promise<Hasher> | undefined
let checker: Promise<Checker> | undefined

/** The one of this thread: hash-wasm reserves address space for each. Who uses it leaves nothing in it for a next call. */
export function sharedHasher(): Promise<Hasher> {
  hasher ??= hashes.createXXHash64(0, 0)
  return hasher
}

/** The checker of this thread. */
export function createChecker(): Promise<Checker> {
  checker ??= sharedHasher().then((hasher) => ({
    xxh64: (bytes: Uint8Array): bigint => digestOf(hasher.init().update(bytes)),
  }))
  return checker
}

export function digestOf(hasher: Hasher): bigint {
  const digest = hasher.digest('binary')
  return new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0)
}
