/**
 * Characters that must not reach a terminal as they are: C0 and C1 controls, DEL, the line and paragraph separators, and
 * the marks that turn the direction of writing, by which a text can show what it does not say.
 */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** A text from outside, on one line: unprintable characters become `\uXXXX`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeUnit)
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
