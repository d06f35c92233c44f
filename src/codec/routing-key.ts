/**
 * Routing keys: FNV-1a, 32 bits, over bytes or a text in UTF-8. The same text gives the same key in every log. A hash of 0, which
 * would mean "no key", becomes 1.
 *
 * Source: draft-eastlake-fnv, "The FNV Non-Cryptographic Hash Algorithm".
 */

/** The hash of nothing. */
export const HASH_SEED = 0x811c9dc5
const PRIME = 0x01000193

const encoder = new TextEncoder()

/** Goes on from the hash of what came before, over bytes from `start` to before `end`. @returns 32 bits, perhaps negative */
export function hashBytes(seed: number, bytes: Uint8Array, start: number = 0, end: number = bytes.length): number {
  // Signed from the start: a mix of both kinds would be computed with doubles.
  let hash = seed | 0
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, PRIME)
  return hash
}

/** The same over a text; ASCII without a copy of it. */
export function hashText(seed: number, text: string): number {
  let hash = seed | 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) return hashBytes(seed, encoder.encode(text))
    hash = Math.imul(hash ^ code, PRIME)
  }
  return hash
}

/** The same over one zero byte, which stands between two texts. */
export function hashZero(seed: number): number {
  return Math.imul(seed, PRIME)
}

/** @returns 1 to 2^32 - 1 */
export function keyOfHash(hash: number): number {
  return hash >>> 0 || 1
}

/** The routing key of a record about what a text names: an order id, an account. @returns 1 to 2^32 - 1 */
export function routingKey(text: string): number {
  return keyOfHash(hashText(HASH_SEED, text))
}
