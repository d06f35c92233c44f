const OFFSET_BASIS = 0x811c9dc5
const PRIME = 0x01000193

/**
 * The routing key of a record from the bytes of what it is about: FNV-1a, 32 bits; 0 for no bytes. A hash of 0, which would
 * mean "no key", becomes 1. The same as `ringwal append --key-field` makes of the same text in UTF-8.
 *
 * Source: draft-eastlake-fnv, "The FNV Non-Cryptographic Hash Algorithm".
 */
export function routingKeyOf(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0
  let hash = OFFSET_BASIS
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at]!, PRIME)
  return hash >>> 0 || 1
}
