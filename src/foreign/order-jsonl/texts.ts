/** Texts of fields: held as one character per byte while they are compared, decoded as UTF-8 where they are shown. */

import { type ForeignText, plainText, textOf } from '../foreign-text.ts'

const BACKSLASH = 0x5c
const NOT_ASCII = /[\x80-\xff]/
const CONTROL_ESCAPE = /^u00([0-9a-fA-F]{2})/
const CONTROL_ESCAPE_CHARS = 5
/** Escapes that the writer makes, and one that means the same to every reader. */
const COMMON_ESCAPES = '\\"nrt/'

/**
 * Takes the escapes out as the original's reader did: `\n`, `\r`, `\t` become what they stand for, any other `\x` becomes `x`,
 * and a backslash at the very end stays.
 * @param decodesControls for records of version 4, whose writer gives control bytes as `\u00XX`; any other `\u` there stays as
 *   it is
 */
export function unescapeText(raw: string, decodesControls: boolean): string {
  let at = raw.indexOf('\\')
  if (at < 0) return raw
  let text = raw.slice(0, at)
  for (; at < raw.length; at++) {
    if (raw.charCodeAt(at) !== BACKSLASH || at + 1 === raw.length) {
      text += raw[at]
      continue
    }
    at++
    const control = decodesControls ? CONTROL_ESCAPE.exec(raw.slice(at, at + CONTROL_ESCAPE_CHARS)) : null
    if (control !== null) {
      text += String.fromCharCode(Number.parseInt(control[1]!, 16))
      at += CONTROL_ESCAPE_CHARS - 1
    } else text += decodesControls && raw[at] === 'u' ? '\\u' : unescaped(raw[at]!)
  }
  return text
}

function unescaped(character: string): string {
  if (character === 'n') return '\n'
  if (character === 'r') return '\r'
  return character === 't' ? '\t' : character
}

/** Whether a text has an escape that the original read as another text than a JSON reader would, or that is none in JSON. */
export function hasOddEscape(raw: string, decodesControls: boolean): boolean {
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', at + 2)) {
    const isKnown = at + 1 < raw.length && COMMON_ESCAPES.includes(raw[at + 1]!)
    if (isKnown) continue
    if (!decodesControls || !CONTROL_ESCAPE.test(raw.slice(at + 1, at + 1 + CONTROL_ESCAPE_CHARS))) return true
  }
  return false
}

/** The bytes of a text that holds one character per byte. */
export function bytesOf(text: string): Buffer<ArrayBuffer> {
  return Buffer.from(text, 'latin1')
}

/** Bytes as a text that holds one character per byte. */
export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Such a text as UTF-8 reads it, or as the bytes that it is where they are no UTF-8. */
export function foreignTextOf(text: string): ForeignText {
  if (!NOT_ASCII.test(text)) return text
  const bytes = bytesOf(text)
  return textOf(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length)
}

/** Such a text as a string that no other text has. */
export function shownText(text: string): string {
  return plainText(foreignTextOf(text))
}

/** A text that stands for itself: a part of a line would keep the whole line in memory. */
export function ownText(text: string): string {
  return bytesOf(text).toString('latin1')
}
