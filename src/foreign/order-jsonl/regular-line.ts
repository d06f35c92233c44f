import { FIELD_NAMES, FIELD_NUMBERS, markerOf } from './fields.ts'
import { isSpace } from './text-search.ts'
import { bytesOf, latin1Of } from './texts.ts'

const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const QUOTE = 0x22
const COLON = 0x3a
const COMMA = 0x2c
const BACKSLASH = 0x5c
const NONE = -1
/** Fields of a line whose names are guessed from the line before; those behind are looked up. */
const GUESSES = 64
const MARKERS: readonly Uint8Array[] = FIELD_NAMES.map((_, field) => bytesOf(markerOf(field)))

/**
 * Reads a line as one pass over a flat object, several times faster than a search of the line for each field.
 *
 * It takes only lines in which the search by text would find just the same: a flat object, nothing behind it, no space before
 * a colon, no field twice, no backslash in a key, and values without quotes made of letters, digits, signs and points. In such
 * a line a quote followed by a name, a quote and a colon is the key of that name, and nothing else.
 */
export class RegularLine {
  /**
   * By the field's number, counted from the line's first byte: where its value begins, 0 if it is not there, and where it ends.
   * Quotes are left out.
   */
  readonly starts: Int32Array = new Int32Array(FIELD_NAMES.length)
  readonly ends: Int32Array = new Int32Array(FIELD_NAMES.length)
  /** Whether a backslash stands in any quoted value. */
  hasEscape = false
  /** The fields of the line before, in order: nearly always those of the next one. */
  readonly #guesses: Int8Array = new Int8Array(GUESSES).fill(NONE)

  /**
   * @param base index of the line's first byte
   * @param end index behind its last one
   * @returns false for a line of another kind: `starts` and `ends` then mean nothing
   */
  read(bytes: Uint8Array, base: number, end: number): boolean {
    this.starts.fill(0)
    this.hasEscape = false
    if (base === end || bytes[base] !== OPENING_BRACE) return false
    let at = skipSpace(bytes, base + 1, end)
    if (at < end && bytes[at] === CLOSING_BRACE) return skipSpace(bytes, at + 1, end) === end
    for (let place = 0; ; place++) {
      const field = this.#fieldAt(bytes, at, end, place)
      const key = field === NONE ? keyEnd(bytes, at, end) : at + MARKERS[field]!.length
      if (key === NONE) return false
      const value = skipSpace(bytes, key, end)
      const isQuoted = value < end && bytes[value] === QUOTE
      const start = isQuoted ? value + 1 : value
      const stop = isQuoted ? this.#quotedEnd(bytes, start, end) : bareEnd(bytes, start, end)
      if (stop === NONE || !this.#keep(field, start - base, stop - base)) return false
      at = skipSpace(bytes, isQuoted ? stop + 1 : stop, end)
      if (at === end) return false
      if (bytes[at] === CLOSING_BRACE) return skipSpace(bytes, at + 1, end) === end
      if (bytes[at] !== COMMA) return false
      at = skipSpace(bytes, at + 1, end)
    }
  }

  /** The number of the field whose key begins at `at`; NONE for any other key, and where there is none. */
  #fieldAt(bytes: Uint8Array, at: number, end: number, place: number): number {
    const guess = place < GUESSES ? this.#guesses[place]! : NONE
    if (guess !== NONE && startsWith(bytes, at, end, MARKERS[guess]!)) return guess
    const key = keyEnd(bytes, at, end)
    const field = key === NONE ? NONE : (FIELD_NUMBERS.get(latin1Of(bytes.subarray(at + 1, key - 2))) ?? NONE)
    if (place < GUESSES) this.#guesses[place] = field
    return field
  }

  /** @returns false if the field was there before */
  #keep(field: number, start: number, end: number): boolean {
    if (field === NONE) return true
    if (this.starts[field] !== 0) return false
    this.starts[field] = start
    this.ends[field] = end
    return true
  }

  /** Index of the quote that ends a value. */
  #quotedEnd(bytes: Uint8Array, at: number, end: number): number {
    for (let index = at; index < end; index++) {
      const byte = bytes[index]
      if (byte === QUOTE) return index
      if (byte === BACKSLASH) {
        this.hasEscape = true
        index++
      }
    }
    return NONE
  }
}

function startsWith(bytes: Uint8Array, at: number, end: number, marker: Uint8Array): boolean {
  if (end - at < marker.length) return false
  let index = 0
  while (index < marker.length && bytes[at + index] === marker[index]) index++
  return index === marker.length
}

function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let index = at
  while (index < end && isSpace(bytes[index]!)) index++
  return index
}

/** Index behind the colon of the key that begins at `at`. */
function keyEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end || bytes[at] !== QUOTE) return NONE
  let index = at + 1
  while (index < end && bytes[index] !== QUOTE && bytes[index] !== BACKSLASH) index++
  const isKey = index + 1 < end && bytes[index] === QUOTE && bytes[index + 1] === COLON
  return isKey ? index + 2 : NONE
}

/** End of a value without quotes. One of no characters, or of others than a number or word has, is none. */
function bareEnd(bytes: Uint8Array, at: number, end: number): number {
  let index = at
  while (index < end && isBare(bytes[index]!)) index++
  return index === at ? NONE : index
}

/** ASCII letters, digits, `+`, `-` and `.`. */
function isBare(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2e ||
    byte === 0x2d ||
    byte === 0x2b
  )
}
