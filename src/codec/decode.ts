/** The way in: check, the library's decoder, then what the library leaves to be done. */

import { Decoder } from '@msgpack/msgpack'
import { type Findings, inputError, type MarkedText, scan } from './scan.ts'
import { decodeUtf8 } from './text.ts'

export function decodeValue(bytes: Uint8Array, useBigInt64: boolean): unknown {
  if (!(bytes instanceof Uint8Array)) throw inputError('the input is not a Uint8Array', 0)
  // Shared memory could change between the check and the decoder.
  const input = bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes)
  const findings = scan(input, useBigInt64)
  const { markedTexts } = findings
  const source = markedTexts.length > 0 ? withMarkedTextsAsBytes(input, markedTexts) : input
  const value = decodeChecked(source, useBigInt64)
  return findings.hasBytes || markedTexts.length > 0 ? settle(value, startsOf(findings)) : value
}

/** A decoder is made for each value: it costs next to nothing, and a kept one would hold on to its last input. */
function decodeChecked(source: Uint8Array, useBigInt64: boolean): unknown {
  const most = source.length
  const decoder = new Decoder({
    useBigInt64,
    maxStrLength: most,
    maxBinLength: most,
    maxArrayLength: most,
    maxMapLength: most,
    maxExtLength: most,
  })
  try {
    return decoder.decode(source)
  } catch (error) {
    // Left to the library alone: the key __proto__.
    throw inputError(error instanceof Error ? error.message : String(error), 0, error)
  }
}

/** From a string's lead byte (d9, da, db) to that of the byte array with the same layout (c4, c5, c6). */
const STRING_TO_BINARY = 0xd9 - 0xc4

/**
 * The library's native decoder drops a leading U+FEFF. In a copy, such strings are turned into byte arrays, which
 * `settle` turns back with a decoder that keeps it.
 */
function withMarkedTextsAsBytes(input: Uint8Array, markedTexts: readonly MarkedText[]): Uint8Array {
  const copy = new Uint8Array(input)
  for (const { header } of markedTexts) copy[header] = copy[header]! - STRING_TO_BINARY
  return copy
}

function startsOf(findings: Findings): ReadonlySet<number> {
  return new Set(findings.markedTexts.map(({ start }) => start))
}

/** Turns the library's views of its input into byte arrays with a buffer of their own, or back into strings. */
function settle(value: unknown, textStarts: ReadonlySet<number>): unknown {
  if (value instanceof Uint8Array) {
    return textStarts.has(value.byteOffset) ? decodeUtf8(value) : new Uint8Array(value)
  }
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) value[index] = settle(element, textStarts)
  } else if (typeof value === 'object' && value !== null) {
    const map = value as Record<string, unknown>
    for (const key of Object.keys(map)) map[key] = settle(map[key], textStarts)
  }
  return value
}
