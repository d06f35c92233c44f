/** One hash of hash-wasm by itself: the package as a whole takes five times as long to load, in each thread. */
declare module 'hash-wasm/dist/xxhash64.umd.min.js' {
  const hashes: { readonly createXXHash64: typeof import('hash-wasm').createXXHash64 }
  export default hashes
}
