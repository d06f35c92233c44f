import { createHash } from 'node:crypto'

/*
 * What an archive tells of itself stands in two lines: a JSON object, and the SHA-256 of the first line without its end.
 */

export type Fields = Readonly<Record<string, unknown>>

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** @param line JSON, of one line */
export function encodeLines(line: string): Uint8Array {
  return Buffer.from(`${line}\n${sha256Of(Buffer.from(line))}\n`)
}

/**
 * The object of such lines. Who can write to the archive can write what he likes: what is in it is still to be looked at.
 * @param format what its field `format` is to be @param what it is called in the refusal @param fail is given the reason
 */
export function decodeLines(bytes: Uint8Array, format: string, what: string, fail: (reason: string) => never): Fields {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  const [line = '', check = ''] = lines
  if (lines.length !== 3 || lines[2] !== '') fail(`it is no ${what}, or a part of one`)
  if (sha256Of(Buffer.from(line, 'latin1')) !== check) fail('its check does not hold')
  try {
    const value: unknown = JSON.parse(Buffer.from(line, 'latin1').toString())
    if (isFields(value) && value['format'] === format) return value
  } catch {}
  return fail(`it is no ${what}`)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
