import { printable } from '../support/printable.ts'

/**
 * A record's value as JSON, safe to print: what JSON has no word for becomes a string or a marked object.
 *
 * | value | JSON |
 * |---|---|
 * | bytes | `{"$bytes":"<base64>"}` |
 * | bigint | its decimal digits, as a string |
 * | Date | ISO 8601, as a string |
 * | NaN, Infinity, -Infinity | these words, as strings |
 */
export function valueText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return numberText(value)
    case 'bigint':
      return `"${value}"`
    case 'object':
      return objectText(value)
    default:
      return String(value)
  }
}

/** A string in JSON's quotes. Beyond what JSON asks for, nothing that controls a terminal is left in it. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text))
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? '-0' : String(value)
}

function objectText(value: object | null): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`
  if (value instanceof Uint8Array) return bytesText(value)
  if (value instanceof Date) return `"${value.toISOString()}"`
  const members = Object.entries(value).map(([key, member]) => `${quoted(key)}:${valueText(member)}`)
  return `{${members.join(',')}}`
}

/** Bytes as the marked object. */
export function bytesText(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes
  return `{"$bytes":"${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}"}`
}
