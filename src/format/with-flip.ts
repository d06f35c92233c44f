/** What `read` gives while bit `bit` of the bytes is flipped: 0 is the lowest of the first byte. */
export function withFlip<T>(bytes: Uint8Array, bit: number, read: () => T): T {
  bytes[bit >> 3]! ^= 1 << (bit & 7)
  const result = read()
  bytes[bit >> 3]! ^= 1 << (bit & 7)
  return result
}
