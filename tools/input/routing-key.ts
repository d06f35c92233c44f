/**
 * A record's routing key from one of its fields: FNV-1a, 32 bits, of the field's text in UTF-8. The same text gives the
 * same key in every log. A hash of 0, which would mean "no key", becomes 1.
 *
 * Source: draft-eastlake-fnv, "The FNV Non-Cryptographic Hash Algorithm".
 */
const OFFSET_BASIS = 0x811c9dc5
const PRIME = 0x01000193

const encoder = new TextEncoder()

export function routingKey(text: string): number {
  let hash = OFFSET_BASIS
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, PRIME)
  return hash >>> 0 || 1
}

/**
 * The key of a value by a field of it: a member's name or, in an array, an index.
 * @returns undefined if it has no such field, or the field is null or empty
 */
export function keyOf(value: unknown, field: string): number | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined
  if (Array.isArray(value) && !/^\d+$/.test(field)) return undefined
  const member = (value as Record<string, unknown>)[field]
  if (member === null || member === '') return undefined
  return routingKey(typeof member === 'object' ? JSON.stringify(member) : String(member))
}
