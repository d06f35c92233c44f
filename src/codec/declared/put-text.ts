/** Texts on the way out. */

import { isWellFormed } from '../text.ts'
import type { Room } from './room.ts'

/** Thrown, without a stack to pay for, by an encoder that finds a lone surrogate when it has begun to write. */
export const UNFIT: unique symbol = Symbol('unfit')

/** From here on, in UTF-16 units, Node.js's own routine is faster than a loop. */
const LONG_TEXT_UNITS = 48

/** The most bytes that a text can take: none takes more than three for a UTF-16 unit. */
export function textBytesMax(text: string): number {
  return 3 * text.length + 5
}

/** @returns the index behind the text. @throws UNFIT for a lone surrogate */
export function putText(room: Room, bytes: Uint8Array, at: number, text: string): number {
  const { length } = text
  if (length >= LONG_TEXT_UNITS) return putLongText(room, at, text)
  let to = at + 1
  if (length < 32) bytes[at] = 0xa0 | length
  else {
    bytes[at] = 0xd9
    bytes[to++] = length
  }
  for (let from = 0; from < length; from++) {
    const code = text.charCodeAt(from)
    if (code > 0x7f) return putLongText(room, at, text)
    bytes[to + from] = code
  }
  return to + length
}

/** Writes the text where its bytes begin if it is ASCII; moves them if it is not, and its header is longer by that. */
function putLongText({ bytes, view, buffer }: Room, at: number, text: string): number {
  if (!isWellFormed(text)) throw UNFIT
  const guess = at + headerBytes(text.length)
  const length = buffer.write(text, guess)
  const start = at + headerBytes(length)
  if (start !== guess) bytes.copyWithin(start, guess, guess + length)
  if (length < 32) bytes[at] = 0xa0 | length
  else if (length <= 0xff) view.setUint16(at, 0xd900 | length)
  else if (length <= 0xffff) {
    bytes[at] = 0xda
    view.setUint16(at + 1, length)
  } else {
    bytes[at] = 0xdb
    view.setUint32(at + 1, length)
  }
  return start + length
}

function headerBytes(length: number): number {
  if (length < 32) return 1
  if (length <= 0xff) return 2
  return length <= 0xffff ? 3 : 5
}
