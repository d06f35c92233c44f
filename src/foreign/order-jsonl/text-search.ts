/**
 * Fields found by text, as the original found them: it never parsed a line as JSON. A line is held as one character per byte
 * (latin1), so that no byte is lost, whatever it is.
 */
import { markerOf } from './fields.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const CLOSING_BRACE = 0x7d

/** White space of C: space, tab, line feed, vertical tab, form feed, carriage return. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/** Index of the first character from `at` on that is no white space; the length of the text if there is none. */
export function skipSpace(text: string, at: number): number {
  let index = at
  while (index < text.length && isSpace(text.charCodeAt(index))) index++
  return index
}

/** A part of a text without the white space around it. */
export function trimmed(text: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from < to && isSpace(text.charCodeAt(from))) from++
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

/** Index of the quote that ends the string whose first character is at `start`, or −1. */
export function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start)
  if (at < 0 || !text.slice(start, at).includes('\\')) return at
  for (at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at
    if (code === BACKSLASH) at++
  }
  return -1
}

/**
 * The value behind the first `"name":` of a line, wherever that stands: what is between the quotes, escapes and all, or the
 * text up to the next comma or closing brace, trimmed. `undefined` if there is none, if it is empty without quotes, or if its
 * closing quote is missing.
 */
export function findRaw(line: string, field: number): string | undefined {
  const marker = markerOf(field)
  const found = line.indexOf(marker)
  if (found < 0) return undefined
  const at = skipSpace(line, found + marker.length)
  if (line.charCodeAt(at) === QUOTE) {
    const end = closingQuote(line, at + 1)
    return end < 0 ? undefined : line.slice(at + 1, end)
  }
  let end = at
  while (end < line.length && line.charCodeAt(end) !== COMMA && line.charCodeAt(end) !== CLOSING_BRACE) end++
  return trimmed(line, at, end) || undefined
}

/** The digits behind the first `"name":`, if white space, a comma, a closing brace or the line's end follows them. */
export function findUnsigned(line: string, field: number): string | undefined {
  const marker = markerOf(field)
  const found = line.indexOf(marker)
  if (found < 0) return undefined
  const start = skipSpace(line, found + marker.length)
  let end = start
  while (isDigit(line.charCodeAt(end))) end++
  const next = end < line.length ? line.charCodeAt(end) : COMMA
  return next === COMMA || next === CLOSING_BRACE || isSpace(next) ? line.slice(start, end) : undefined
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
