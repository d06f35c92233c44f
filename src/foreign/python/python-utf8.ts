/** UTF-8 as Python decodes it, with its words for what is none. */
import { isUtf8 } from 'node:buffer'

export type Decoded = { readonly text: string } | { readonly fault: string }

/** `bytes.decode('utf-8')`; a byte order mark is a character like any other. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  if (isUtf8(bytes)) return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') }
  for (let at = 0; at < bytes.length; ) {
    const { length, fault } = sequenceAt(bytes, at)
    if (fault !== undefined) return { fault: faultText(bytes, at, length, fault) }
    at += length
  }
  return { fault: "'utf-8' codec can't decode the text" }
}

function faultText(bytes: Uint8Array, at: number, length: number, reason: string): string {
  const hex = `0x${bytes[at]!.toString(16).padStart(2, '0')}`
  const what = length === 1 ? `byte ${hex} in position ${at}` : `bytes in position ${at}-${at + length - 1}`
  return `'utf-8' codec can't decode ${what}: ${reason}`
}

interface Sequence {
  /** Bytes of the character, or of what is wrong. */
  readonly length: number
  readonly fault?: string
}

/** Lowest and highest second byte, where it is not any continuation byte: no overlong forms, surrogates or beyond U+10FFFF. */
const SECOND_BYTES: ReadonlyMap<number, readonly [number, number]> = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
])

function sequenceAt(bytes: Uint8Array, at: number): Sequence {
  const first = bytes[at]!
  if (first < 0x80) return { length: 1 }
  if (first < 0xc2 || first > 0xf4) return { length: 1, fault: 'invalid start byte' }
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return { length: i, fault: 'unexpected end of data' }
    const [low, high] = (i === 1 && SECOND_BYTES.get(first)) || [0x80, 0xbf]
    if (byte < low || byte > high) return { length: i, fault: 'invalid continuation byte' }
  }
  return { length }
}
