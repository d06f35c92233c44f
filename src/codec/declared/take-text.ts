/** Texts on the way in. */

import { isUtf8 } from '../text.ts'
import { mayCompile } from './may-compile.ts'
import { bufferOver } from './room.ts'
import type { Cursor } from './take.ts'

/** Makes a text of `length` bytes; undefined if they are not all ASCII. */
export type ShortText = (bytes: Uint8Array, at: number, length: number) => string | undefined

/** Up to this length, in bytes, a text is made from its characters; Node.js's own routine takes longer than that. */
const SHORT_TEXT_BYTES = 24

const codes: readonly number[][] = Array.from({ length: SHORT_TEXT_BYTES + 1 }, (_, length) =>
  new Array(length).fill(0),
)

/** For where code must not be made of strings. */
export const walkedShortText: ShortText = (bytes, at, length) => {
  const characters = codes[length]!
  let all = 0
  for (let index = 0; index < length; index++) {
    const code = bytes[at + index]!
    all |= code
    characters[index] = code
  }
  return all > 0x7f ? undefined : String.fromCharCode.apply(undefined, characters)
}

let compiled: ShortText | undefined

/** The same with a call of its own for each length: twice as fast. @throws EvalError where no code must be made */
export function compileShortText(): ShortText {
  compiled ??= new Function('fromCharCode', sourceOfShortText())(String.fromCharCode) as ShortText
  return compiled
}

function sourceOfShortText(): string {
  let cases = ''
  for (let length = 1; length <= SHORT_TEXT_BYTES; length++) {
    const codes = Array.from({ length }, (_, index) => `c${index}`)
    const reads = codes.map((code, index) => `${code} = bytes[at + ${index}]`)
    cases += `case ${length}: { const ${reads.join(', ')}
return (${codes.join(' | ')}) > 0x7f ? undefined : fromCharCode(${codes.join(', ')}) }\n`
  }
  return `'use strict'
return function shortText(bytes, at, length) {
switch (length) {
${cases}default: return ''
}
}`
}

/** The faster of the two that may be had here. */
export function bestShortText(): ShortText {
  return mayCompile() ? compileShortText() : walkedShortText
}

/** @returns undefined for all that is no text, or reaches past the end */
export function takeText(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  cursor: Cursor,
  shortText: ShortText,
): string | undefined {
  const { end } = cursor
  if (at >= end) return undefined
  const lead = bytes[at]!
  let start = at + 1
  let length = lead & 0x1f
  if ((lead & 0xe0) !== 0xa0) {
    if (lead < 0xd9 || lead > 0xdb) return undefined
    start += 1 << (lead - 0xd9)
    if (start > end) return undefined
    length = lead === 0xd9 ? bytes[at + 1]! : lead === 0xda ? view.getUint16(at + 1) : view.getUint32(at + 1)
  }
  if (length > end - start) return undefined
  cursor.at = start + length
  return textAt(bytes, view, start, cursor.at, shortText)
}

/** The text of the bytes from `start` to before `end`; undefined if they are no UTF-8. */
export function textAt(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  shortText: ShortText,
): string | undefined {
  const length = end - start
  if (length <= SHORT_TEXT_BYTES) {
    const text = shortText(bytes, start, length)
    if (text !== undefined) return text
  }
  return isUtf8(view, start, end) ? bufferOver(bytes).toString('utf8', start, end) : undefined
}
