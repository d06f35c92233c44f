import hashes from 'hash-wasm/dist/xxhash64.umd.min.js'

/** XXH64 with seed 0 of bytes that are not in the kernel's memory: headers, and whole frames where there is no kernel. */
export interface Checker {
  xxh64(bytes: Uint8Array): bigint
}

let shared: Promise<Checker> | undefined

/** The checker of this thread. hash-wasm reserves address space per instance, so there is one, and it is reused. */
export function createChecker(): Promise<Checker> {
  shared ??= hashes.createXXHash64(0, 0).then((hasher) => ({
    xxh64(bytes: Uint8Array): bigint {
      const digest = hasher.init().update(bytes).digest('binary')
      return new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0)
    },
  }))
  return shared
}
