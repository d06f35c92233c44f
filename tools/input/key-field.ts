import { routingKey } from '../../src/codec/routing-key.ts'

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
