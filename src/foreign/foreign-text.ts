import { isUtf8 } from '../codec/text.ts'

/** A text that another program wrote: as a string, or as the bytes that it is where they are no UTF-8. */
export type ForeignText = string | Uint8Array

/**
 * The text of the bytes from `start` to `end`. Bytes that are no text are copied.
 * @param view of the same memory as `bytes`, so that one index means the same in both
 */
export function textOf(bytes: Buffer, view: DataView, start: number, end: number): ForeignText {
  return isUtf8(view, start, end) ? bytes.toString('utf8', start, end) : Uint8Array.from(bytes.subarray(start, end))
}

/** The lone surrogate that stands for byte 0. */
const ESCAPE = 0xdc00

/**
 * A text as a string that no other text has: a byte that belongs to no UTF-8 sequence becomes the lone surrogate U+DC00 + byte,
 * which JSON writes as `\udcXX`.
 *
 * Source: Python Enhancement Proposal 383, "surrogateescape".
 */
export function plainText(text: ForeignText): string {
  if (typeof text === 'string') return text
  const view = new DataView(text.buffer, text.byteOffset, text.length)
  const parts: string[] = []
  for (let at = 0; at < text.length; ) {
    const bytes = sequenceAt(view, at)
    parts.push(
      bytes === 0
        ? String.fromCharCode(ESCAPE + text[at]!)
        : Buffer.from(text.buffer, text.byteOffset + at, bytes).toString('utf8'),
    )
    at += bytes || 1
  }
  return parts.join('')
}

/** How many bytes the character at `at` has; 0 if none stands there. */
function sequenceAt(view: DataView, at: number): number {
  for (let bytes = 1; bytes <= 4 && at + bytes <= view.byteLength; bytes++) {
    if (isUtf8(view, at, at + bytes)) return bytes
  }
  return 0
}
